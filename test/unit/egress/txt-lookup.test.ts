import { createTxtLookup, type TxtLookup } from '../../../src/egress/txt-lookup.js';
import { type DnsServer, startDnsServer } from '../../support/dns-server.js';

let dns: DnsServer;
let lookup: TxtLookup;
beforeAll(async () => {
  dns = await startDnsServer();
  lookup = createTxtLookup({ servers: [dns.address], timeoutMs: 400 });
});
afterAll(() => dns.close());

describe('the look-up of TXT records', () => {
  it('joins the strings of one record (RFC 7208 section 3.3)', async () => {
    const long = 'x'.repeat(400);
    dns.set('long.example', ['short', long]);
    expect(await lookup('long.example')).toEqual({ kind: 'records', records: ['short', long] });
  });

  it('finds nothing where the name does not exist or has no such record', async () => {
    dns.set('bare.example', []);
    expect(await lookup('nowhere.example')).toEqual({ kind: 'records', records: [] });
    expect(await lookup('bare.example')).toEqual({ kind: 'records', records: [] });
  });

  it('tells silence and failure from absence, within its time', async () => {
    dns.set('silent.example', 'silent');
    dns.set('broken.example', 'broken');
    const begun = performance.now();
    expect(await lookup('silent.example')).toEqual({ kind: 'unanswered' });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await lookup('broken.example')).toEqual({ kind: 'unanswered' });
  });
});
