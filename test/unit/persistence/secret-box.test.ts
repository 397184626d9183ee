import { randomBytes } from 'node:crypto';
import { SecretBox } from '../../../src/persistence/secret-box.js';

const [old, current] = [randomBytes(32), randomBytes(32)];
const box = new SecretBox([current, old]);
const place = { column: 'identity_provider.client_secret', partnerId: 'partner-a', rowId: 'row-1' };

describe('secrets at rest', () => {
  it('come back where they were put, and look different each time [H02]', () => {
    const [one, two] = [box.seal('canary', place), box.seal('canary', place)];
    expect(one).not.toBe(two);
    expect(one).not.toContain('canary');
    expect(box.open(one, place)).toBe('canary');
  });

  it.each([
    ['row', { rowId: 'row-2' }],
    ['partner', { partnerId: 'partner-b' }],
    ['column', { column: 'service_provider_key.private_key' }],
  ])('do not open in another %s [H02]', (_name, moved) => {
    const sealed = box.seal('canary', place);
    expect(() => box.open(sealed, { ...place, ...moved })).toThrow();
  });

  it('do not open when any part was altered [H02]', () => {
    const [version, id, data] = box.seal('canary', place).split('.') as [string, string, string];
    const bytes = Buffer.from(data, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const altered = Buffer.from(bytes);
      altered[index] = (altered[index] as number) ^ 1;
      expect(() => box.open(`${version}.${id}.${altered.toString('base64url')}`, place)).toThrow();
    }
    for (const text of ['', 'v1', `v2.${id}.${data}`, `${version}.unknown.${data}`, `${version}.${id}.AAAA`]) {
      expect(() => box.open(text, place)).toThrow();
    }
  });

  it('of an old key open while it is configured, and new ones are sealed under the current key [H03]', () => {
    const sealed = new SecretBox([old]).seal('canary', place);
    expect(box.open(sealed, place)).toBe('canary');
    expect(() => new SecretBox([current]).open(sealed, place)).toThrow('not configured');
    expect(new SecretBox([current]).open(box.seal('canary', place), place)).toBe('canary');
  });
});
