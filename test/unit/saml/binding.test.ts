import type { InboundMessage } from '../../../src/login/contracts.js';
import { readRelayState, readResponseBytes } from '../../../src/protocols/saml/binding.rules.js';

type Pairs = InboundMessage['form'];
const good: Pairs = [
  ['SAMLResponse', Buffer.from('<x/>').toString('base64')],
  ['RelayState', 'local.state'],
];

function post(form: Pairs, over: Partial<InboundMessage> = {}): InboundMessage {
  return { method: 'POST', rawQuery: '', query: [], form, ...over };
}

function verdicts(inbound: InboundMessage) {
  return [readRelayState(inbound), readResponseBytes(inbound)].map((one) => (one.ok ? 'ACCEPTED' : one.refusal.code));
}

const withResponse = (value: string): Pairs => [['SAMLResponse', value], ...good.slice(1)];
const other = (name: string, value = 'x'): Pairs => [...good, [name, value]];

describe('the way of a response', () => {
  it('is a form with one SAMLResponse and the state', () => {
    expect(readRelayState(post(good))).toEqual({ ok: true, value: 'local.state' });
    const bytes = readResponseBytes(post(good));
    expect(bytes.ok && Buffer.from(bytes.value).toString()).toBe('<x/>');
  });

  it.each<[string, InboundMessage]>([
    ['a GET', post(good, { method: 'GET' })],
    ['a response in the query', post(good, { query: [['SAMLResponse', 'x']] })],
    ['a request in the query', post(good, { query: [['SAMLRequest', 'x']] })],
    ['a signature in the query', post(good, { query: [['Signature', 'x']] })],
    ['a second SAMLResponse', post(other('SAMLResponse'))],
    ['a second RelayState', post(other('RelayState'))],
    ['a request beside the response', post(other('SAMLRequest'))],
    ['an artifact beside the response', post(other('SAMLart'))],
    ['a detached signature (SimpleSign)', post(other('Signature'))],
    ['no response', post(good.slice(1))],
    ['a request instead', post([['SAMLRequest', 'x'], ...good.slice(1)])],
    ['many other fields', post([...good, ...Array.from({ length: 20 }, (_, n) => [`f${n}`, ''] as const)])],
  ])('refuses %s [S48] [S51] [S52] [L9] [L10]', (_name, inbound) => {
    expect(verdicts(inbound)).toEqual(['SAML_BINDING', 'SAML_BINDING']);
  });

  it('refuses a response without state as one that nobody asked for [S39] [L28]', () => {
    expect(verdicts(post(good.slice(0, 1)))[0]).toBe('SAML_UNSOLICITED');
    expect(verdicts(post([good[0] as Pairs[0], ['RelayState', '']]))[0]).toBe('SAML_UNSOLICITED');
  });

  it('counts the state in bytes: 80 and no more [S38] [L41]', () => {
    const state = (value: string) => verdicts(post([good[0] as Pairs[0], ['RelayState', value]]))[0];
    expect([state('s'.repeat(80)), state('s'.repeat(81)), state('ü'.repeat(41))]).toEqual([
      'ACCEPTED',
      'SAML_BINDING',
      'SAML_BINDING',
    ]);
  });

  it.each([
    ['nothing', ''],
    ['the URL alphabet', 'PHgvPj-_'],
    ['missing padding', 'PHgvPg'],
    ['padding in the middle', 'PHgv=Pg=='],
    ['bits after the end', 'PHgvPh=='],
    ['a blank', 'PHgv Pg=='],
    ['a tab', 'PHgv\tPg=='],
    ['a NUL', 'PHgv\0Pg=='],
  ])('refuses base64 with %s [S21] [L1]', (_name, value) => {
    expect(verdicts(post(withResponse(value)))[1]).toBe('SAML_MALFORMED');
  });

  it('takes base64 with broken lines, and no more than the limit [S21] [L1]', () => {
    expect(verdicts(post(withResponse('PHgv\r\nPg==\n')))[1]).toBe('ACCEPTED');
    expect(verdicts(post(withResponse('A'.repeat(400 * 1024 * 2))))[1]).toBe('SAML_TOO_LARGE');
  });
});
