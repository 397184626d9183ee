/** Messages that were tampered with, beside xml-crypto. All opinions on all documents: interop/saml-verdicts.interop.ts. */
import fc from 'fast-check';
import { type Mutation, mutate, mutation } from '../../support/saml-mutations.js';
import { xmlCryptoOpinion } from '../../support/saml-second-opinions.js';
import { forge, PERSON } from '../../support/saml-verdict.js';
import { Estate } from '../../support/verdicts/documents.js';
import { hubOpinion } from '../../support/verdicts/judges.js';
import { differencesOf, type Found, namesAnother } from '../../support/verdicts/page.js';
import { trialOf } from '../../support/verdicts/trials.js';
import { take, without } from '../../support/xml-text.js';

const SEED = 20310506;
let saml: Estate;
beforeAll(async () => {
  saml = await Estate.make();
});

/** Differences that nobody can explain. */
function unexplained(one: Found): unknown[] {
  return differencesOf(one).flatMap(([judge, why]) => (why === undefined ? [[one.name, judge, one.verdicts]] : []));
}

const messages = () => (['response', 'assertion', 'both'] as const).map((sign) => saml.message(sign));
const changed = (made: readonly string[], which: number, mutations: readonly Mutation[]) => {
  const forged = forge(without(take(made[1] ?? '', 'saml:Assertion'), 'ds:Signature'));
  return mutate(made[which] ?? '', mutations, [take(made[1] ?? '', 'ds:Signature'), forged, '<x/>']);
};

it('has no difference without a reason in the eyes of xml-crypto [S11] [S12]', () => {
  const made = messages();
  const nobody = { name: 'changed', ids: [], signed: PERSON };
  fc.assert(
    fc.property(fc.nat(2), fc.array(mutation, { minLength: 1, maxLength: 2 }), (which, mutations) => {
      const trial = trialOf(saml, {}, changed(made, which, mutations));
      const ours = hubOpinion(trial);
      const xmlCrypto = xmlCryptoOpinion(trial.question);
      const verdicts = { ours, xmlCrypto, samlify: ours, nodeSaml: ours, xmlsec: null };
      const one = { ...nobody, bytes: trial.question.bytes, verdicts };
      expect(namesAnother(one, 'ours')).toBe(false);
      expect(unexplained(one)).toEqual([]);
    }),
    { seed: SEED, numRuns: 100 },
  );
});
