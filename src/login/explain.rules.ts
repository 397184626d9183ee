/** A stored trace told again in sentences, in the order of the stages. */
import { errorCatalogue } from '../shared/error-catalogue.js';
import { falCeiling } from '../trust/assurance.rules.js';
import type { FalShortfall } from './contracts.js';
import type { AttributeChange, AttributeTrace, AttributeValue, StageNote } from './facts.js';
import type { Login } from './login.entity.js';
import type { LoginTrace } from './trace.js';

export type ToldLogin = Pick<
  Login,
  'reference' | 'state' | 'code' | 'protocol' | 'trustVersion' | 'mappingVersion' | 'begunAt'
>;

export function explain(login: ToldLogin, trace: LoginTrace): readonly string[] {
  return [
    `Sign-in ${login.reference} began at ${login.begunAt.toISOString()}${throughOf(login)}.`,
    ...receivedSentences(trace.received),
    ...trace.attributes.map(attributeSentence),
    ...trace.stages.map(stageSentence),
    ...trace.changes.map(changeSentence),
    ...endSentences(login, trace),
  ];
}

function throughOf({ protocol }: ToldLogin): string {
  return protocol == null ? '' : ` through ${protocol === 'SAML' ? 'a SAML' : 'an OIDC'} identity provider`;
}

const shortfalls: Readonly<Record<FalShortfall, string>> = {
  READABLE_IDENTIFIER: 'the identifier tells who the person is',
  SHARED_AUDIENCE: 'the assertion was made for other services too',
  OLD_ALGORITHMS: 'the identity provider may use old algorithms',
};

function falSentence(lacking: readonly FalShortfall[]): string {
  const believed = falCeiling(lacking) === null ? 'No FAL' : `No more than FAL${falCeiling(lacking)}`;
  return `${believed} is believed, whatever was claimed: ${lacking.map((one) => shortfalls[one]).join(', ')}.`;
}

function receivedSentences(received: LoginTrace['received']): readonly string[] {
  const { issuer, subjectSource, subjectFormat, claimNames, undeclaredClaims, authenticatedAt, acr, amr } = received;
  const { falShortfalls = [] } = received;
  if (issuer === null) return [];
  const format = subjectFormat === null ? '' : ` (${subjectFormat})`;
  const claims = claimNames.length === 0 ? '' : ` and the claims ${claimNames.join(', ')}`;
  return [
    `${issuer} asserted a person by ${subjectSource}${format}${claims}.`,
    ...(authenticatedAt === null ? [] : [`The person authenticated at ${authenticatedAt}.`]),
    ...(acr === null ? [] : [`The authentication context was ${acr}.`]),
    ...(falShortfalls.length === 0 ? [] : [falSentence(falShortfalls)]),
    ...(amr.length === 0 ? [] : [`The authentication methods were ${amr.join(', ')}.`]),
    ...(undeclaredClaims.length === 0 ? [] : [`No rule reads ${undeclaredClaims.join(', ')}: dropped.`]),
  ];
}

function attributeSentence({ attribute, expression, outcome, values, problem }: AttributeTrace): string {
  const rule = expression === '' ? 'its rule' : `the rule \`${expression}\``;
  switch (outcome) {
    case 'MAPPED':
      return `${attribute}: ${rule} gave ${told(values)}.`;
    case 'DEFAULTED':
      return `${attribute}: ${rule} gave nothing; the default ${told(values)} stands.`;
    case 'EMPTY':
      return `${attribute}: ${rule} gave nothing.`;
    case 'FAILED':
      return `${attribute}: ${rule} failed${problem === null ? '' : `: ${problem}`}.`;
  }
}

const outcomes: Readonly<Record<StageNote['outcome'], string>> = {
  PASSED: 'passed',
  REFUSED: 'refused',
  ASKED: 'asked',
  SKIPPED: 'was skipped',
};

function stageSentence({ stage, outcome, summary }: StageNote): string {
  return `Stage ${stage} ${outcomes[outcome]}: ${summary.replace(/\.$/, '')}.`;
}

function changeSentence({ attribute, before, after }: AttributeChange): string {
  return `The account's ${attribute} went from ${told(before)} to ${told(after)}.`;
}

function endSentences(login: ToldLogin, trace: LoginTrace): readonly string[] {
  switch (login.state) {
    case 'BEGUN':
      return ['The identity provider has not answered.'];
    case 'ASSERTED':
      return ['It has not been decided.'];
    case 'ALLOWED':
      return [
        `It was allowed by version ${login.trustVersion} of the trust relationship, with version ${login.mappingVersion} of the mapping.`,
        trace.release.length === 0
          ? 'No attribute was released to the application.'
          : `Released to the application: ${trace.release.join(', ')}.`,
      ];
    case 'DENIED':
      return [`It was refused with ${login.code}: ${meaning(login.code)}`];
  }
}

function meaning(code: string | null | undefined): string {
  return code != null && Object.hasOwn(errorCatalogue, code)
    ? errorCatalogue[code as keyof typeof errorCatalogue].message
    : '';
}

/** Values that the trace did not keep are told as such. */
function told(values: readonly AttributeValue[]): string {
  return values.length === 0 ? 'nothing that is kept' : values.map((value) => JSON.stringify(value)).join(', ');
}
