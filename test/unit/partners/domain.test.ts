import fc from 'fast-check';
import { domainProblem, provesDomain, recordName, recordValue } from '../../../src/partners/domain.rules.js';
import { parseDomainName } from '../../../src/shared/values.js';

describe('which domains an organization can claim [H18]', () => {
  it.each(['acme.com', 'acme.co.uk', 'hr.acme.com', 'aurora.example', 'xn--bcher-kva.de', 'acme.github.io'])(
    'takes %s',
    (name) => expect(domainProblem(name)).toBeNull(),
  );

  it.each(['co.uk', 'github.io', 'blogspot.com', 's3.amazonaws.com', 'com.br'])(
    'refuses the public suffix %s',
    (name) => expect(domainProblem(name)).toBe('PUBLIC_SUFFIX'),
  );

  it.each(['gmail.com', 'team.gmail.com', 'gmx.de', 'yahoo.co.jp', 'qq.com', 'mailinator.com'])(
    'refuses the mail provider %s',
    (name) => expect(domainProblem(name)).toBe('FREE_MAIL'),
  );

  it('refuses a name below which no record can be published', () => {
    const name = parseDomainName(`${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(50)}.example`);
    expect(domainProblem(name ?? '')).toBe('TOO_LONG');
  });

  it.each([
    ['Bücher.DE', 'xn--bcher-kva.de'],
    ['ACME.Example.', 'acme.example'],
    ['  acme.example ', 'acme.example'],
    ['ａｃｍｅ.example', 'acme.example'],
  ])('reads %s as %s', (text, name) => expect(parseDomainName(text)).toBe(name));

  it.each([
    'acme',
    '127.0.0.1',
    'a..example',
    '-a.example',
    'a_b.example',
    'acme.example/x',
    'acme.example:80',
    'acme.example?',
    'a@acme.example',
    'acme%2eexample',
    'acme.ex\u200bample',
    '',
  ])('reads no domain in %j', (text) => expect(parseDomainName(text)).toBeNull());
});

describe('the proof of a domain', () => {
  it('is the one record of this claim, wherever it stands among others', () => {
    expect(recordName('acme.example')).toBe('_entente-challenge.acme.example');
    expect(provesDomain(['v=spf1 -all', ` ${recordValue('abc')} `], 'abc')).toBe(true);
  });

  it('is nothing else, whatever the records say', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.base64String({ minLength: 8 }), (records, challenge) => {
        fc.pre(!records.some((record) => record.includes(challenge)));
        expect(provesDomain(records, challenge)).toBe(false);
        expect(provesDomain([challenge, `${recordValue(challenge)}x`, `x${recordValue(challenge)}`], challenge)).toBe(
          false,
        );
      }),
      { seed: 18 },
    );
  });
});
