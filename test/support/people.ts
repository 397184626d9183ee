/** People behind the API tests: a membership with an identity, sessions and logins, as rows. */
import { recordAuditFrom } from '../../src/audit/audit.store.js';
import type { MembershipFacts } from '../../src/login/facts.js';
import { Login } from '../../src/login/login.entity.js';
import { emptyTrace, type LoginTrace } from '../../src/login/trace.js';
import { hubScope, type UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { Session } from '../../src/sessions/session.entity.js';
import type { ErrorCode } from '../../src/shared/error-catalogue.js';
import { newReference, type Uuid, uuidv7 } from '../../src/shared/ids.js';
import { FederatedIdentity, Membership, User } from '../../src/users/user.entity.js';
import { noon } from './estate.js';

let ticks = 0;

/** Noon, each time a millisecond later: rows stand in the order in which they were made. */
export function nextInstant(): Date {
  ticks += 1;
  return new Date(noon.getTime() + ticks);
}

export interface TestPerson {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly userId: Uuid;
  readonly membershipId: Uuid;
  readonly identityId: Uuid;
}

interface PersonOptions {
  readonly subject?: string;
  readonly email?: string;
  readonly displayName?: string;
  readonly attributes?: MembershipFacts['attributes'];
  readonly at?: Date;
}

/** A person whom the IdP of a partner brought: user, membership and identity. */
export async function insertPerson(
  uow: UnitOfWork,
  { partnerId, identityProviderId }: { partnerId: Uuid; identityProviderId: Uuid },
  {
    subject = 'ann',
    email = 'ann@aurora.example',
    displayName = 'Ann Berg',
    attributes,
    at = nextInstant(),
  }: PersonOptions = {},
): Promise<TestPerson> {
  const [userId, membershipId, identityId] = [uuidv7(at), uuidv7(at), uuidv7(at)];
  await uow.write(hubScope, async ({ em }) => {
    await em.insert(User, { id: userId, homePartnerId: partnerId, region: 'local', state: 'ACTIVE', createdAt: at });
    await em.insert(Membership, {
      partnerId,
      id: membershipId,
      userId,
      state: 'ACTIVE',
      origin: 'JIT',
      originTrustVersion: 1,
      email,
      displayName,
      attributes: attributes ?? { email: { values: [email], identityProviderId } },
      version: 1,
      lastLoginAt: at,
      createdAt: at,
      updatedAt: at,
    });
    const empty = { subjectFormat: '', nameQualifier: '', spNameQualifier: '' };
    const key = { partnerId, id: identityId, membershipId, identityProviderId, subjectSource: 'SUB', subject };
    await em.insert(FederatedIdentity, { ...key, ...empty, createdAt: at, lastLoginAt: at });
  });
  return { partnerId, identityProviderId, userId, membershipId, identityId };
}

export async function insertSession(uow: UnitOfWork, person: TestPerson, at: Date = nextInstant()): Promise<Uuid> {
  const { partnerId, membershipId, identityProviderId } = person;
  const id = uuidv7(at);
  const later = new Date(at.getTime() + 3_600_000);
  await uow.write(hubScope, ({ em }) =>
    em.insert(Session, {
      partnerId,
      id,
      handleHash: id.replaceAll('-', '').padEnd(43, 'x'),
      membershipId,
      identityProviderId,
      loginId: uuidv7(at),
      state: 'LIVE',
      authenticatedAt: at,
      authenticationTimeStated: true,
      acr: 'urn:acr:two-factors',
      amr: ['pwd', 'otp'],
      idleUntil: later,
      absoluteUntil: later,
      createdAt: at,
    }),
  );
  return id;
}

type LoginColumns = Partial<ConstructorParameters<typeof Login>[0]>;

/** A login that was allowed, unless `over` says otherwise. */
export async function insertLogin(
  uow: UnitOfWork,
  of: { readonly partnerId: Uuid; readonly identityProviderId?: Uuid; readonly membershipId?: Uuid },
  over: LoginColumns & { readonly trace?: LoginTrace } = {},
): Promise<Uuid> {
  const begunAt = (over.begunAt as Date | undefined) ?? nextInstant();
  const id = uuidv7(begunAt);
  const { partnerId, identityProviderId = null, membershipId = null } = of;
  await uow.write(hubScope, ({ em }) =>
    em.insert(Login, {
      partnerId,
      id,
      reference: newReference(),
      identityProviderId,
      membershipId,
      protocol: 'OIDC',
      state: 'ALLOWED',
      trace: emptyTrace,
      begunAt,
      finishedAt: begunAt,
      ...over,
    }),
  );
  return id;
}

/** The audit event of a sign-in that was refused, as the pipeline writes it. */
export function insertRefusal(
  uow: UnitOfWork,
  of: { readonly partnerId: Uuid | null; readonly identityProviderId: Uuid | null },
  code: ErrorCode,
  now: Date,
): Promise<void> {
  const { partnerId, identityProviderId } = of;
  const origin = {
    actorKind: identityProviderId === null ? 'END_USER' : 'IDENTITY_PROVIDER',
    actorId: identityProviderId ?? 'anonymous',
    correlationId: null,
    sourceIp: null,
    now,
  } as const;
  return uow.write(hubScope, (tx) => recordAuditFrom(tx, origin, { action: 'login.denied', partnerId, code }));
}
