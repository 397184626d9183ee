/**
 * The records that travel down the way of one login (docs/architecture.md), and the small interfaces that protocols
 * implement. A protocol gets its configuration, a message and the instant; it gets no store.
 */
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { Uuid } from '../shared/ids.js';
import type { Result } from '../shared/result.js';

export type Protocol = 'SAML' | 'OIDC';

// ---------------------------------------------------------------- messages on the wire

/** A request as `http/` hands it to a protocol. Pairs stay in order and keep duplicates, so that a check can refuse them. */
export interface InboundMessage {
  readonly method: 'GET' | 'POST';
  /** The query string as it was sent, without `?`. */
  readonly rawQuery: string;
  readonly query: readonly (readonly [string, string])[];
  readonly form: readonly (readonly [string, string])[];
}

export type OutboundMessage =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'form-post'; readonly action: string; readonly fields: Readonly<Record<string, string>> };

// ---------------------------------------------------------------- upstream

/** What the downstream side asks of the authentication. */
export interface AuthenticationAsk {
  /** The opaque handle that comes back as RelayState or state; region prefix and at most 80 bytes (L41). */
  readonly state: string;
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly loginHint: string | null;
  readonly acrValues: readonly string[];
  /** OIDC max_age in seconds, or null. */
  readonly maxAgeSeconds: number | null;
}

export interface SamlKeyPair {
  readonly keyId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** Where the lasting identifier of a person is read from. */
export type SubjectSource =
  | { readonly kind: 'NAME_ID' }
  | { readonly kind: 'SUB' }
  /** A SAML attribute name (`urn:oasis:names:tc:SAML:attribute:subject-id`) or an OIDC claim (`oid`). */
  | { readonly kind: 'CLAIM'; readonly name: string };

/**
 * Old cryptography that an operator lets one IdP use. SHA1_SIGNATURE: RSA-SHA1 signatures and SHA-1 digests. AES_CBC: content
 * that is encrypted by AES-CBC, where a checked signature covers the ciphertext.
 */
export const samlAlgorithmExceptions = ['SHA1_SIGNATURE', 'AES_CBC'] as const;
export type SamlAlgorithmException = (typeof samlAlgorithmExceptions)[number];

export interface UpstreamSamlConfig {
  readonly kind: 'SAML';
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  /** entityID of the IdP: the only Issuer that is accepted. */
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly ssoBinding: 'REDIRECT' | 'POST';
  /** Where answers to its logout requests go; null: its metadata names no place. */
  readonly sloResponseUrl: string | null;
  readonly sloBinding: 'REDIRECT' | 'POST' | null;
  /** Pinned keys, PEM certificates; KeyInfo of a message never adds to them (L18). */
  readonly signingCertificates: readonly string[];
  /** Which signatures must be there (L16). With EITHER, any that is present must also be valid. */
  readonly requireSigned: 'RESPONSE' | 'ASSERTION' | 'BOTH' | 'EITHER';
  readonly requireEncrypted: boolean;
  /** Whether the Signature of an assertion may be its last element, where SAML has it after the Issuer. */
  readonly allowTrailingSignature: boolean;
  readonly algorithmExceptions: readonly SamlAlgorithmException[];
  readonly signRequests: boolean;
  readonly nameIdFormat: string | null;
  readonly requestedAuthnContext: readonly string[];
  readonly subjectSource: SubjectSource;
  /** Allowed clock difference in seconds, both ways (SAML2int SDP-G01: 180 to 300). */
  readonly clockSkewSeconds: number;
  readonly serviceProvider: {
    readonly entityId: string;
    readonly acsUrl: string;
    readonly sloUrl: string;
    readonly signing: SamlKeyPair;
    /** PEM of every active signing key, the one in use first: what our metadata announces. */
    readonly publishedSigningCertificates: readonly string[];
    readonly decryption: readonly SamlKeyPair[];
  };
}

export interface UpstreamOidcConfig {
  readonly kind: 'OIDC';
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly issuer: string;
  /** The discovery document as it was read when the IdP was connected. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenEndpointAuthMethod: 'client_secret_basic' | 'client_secret_post';
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly idTokenAlgorithms: readonly string[];
  /** For a multi-tenant issuer template: the values of `tid` that belong to the partner (O11). */
  readonly allowedTenants: readonly string[];
  readonly subjectSource: SubjectSource;
  readonly clockSkewSeconds: number;
  readonly fetchUserInfo: boolean;
}

export type UpstreamConfig = UpstreamSamlConfig | UpstreamOidcConfig;

/** What a protocol needs to know again when the answer comes. Stored encrypted; plain JSON. */
export type UpstreamPending =
  | { readonly kind: 'SAML'; readonly requestId: string; readonly forceAuthn: boolean; readonly requestedAt: string }
  | {
      readonly kind: 'OIDC';
      readonly state: string;
      readonly nonce: string;
      readonly codeVerifier: string;
      readonly maxAgeSeconds: number | null;
      /** ISO 8601 instant of the request when it demanded a new authentication; null when it did not. */
      readonly reauthenticatedAfter: string | null;
    };

export interface Begun {
  readonly message: OutboundMessage;
  readonly pending: UpstreamPending;
}

/** Claim values after verification: JSON scalars and lists of them. A SAML attribute is always a list of strings. */
export type ClaimValue =
  | string
  | number
  | boolean
  | null
  | readonly ClaimValue[]
  | { readonly [name: string]: ClaimValue };

export interface AssertedSubject {
  /** `NAME_ID`, `SUB`, or the name of the claim. */
  readonly source: string;
  readonly value: string;
  readonly format: string | null;
  readonly nameQualifier: string | null;
  readonly spNameQualifier: string | null;
}

/** Whom an IdP names when it ends a session: two that are equal in every field are the same person. */
export interface SessionSubject {
  readonly value: string;
  readonly format: string;
  readonly nameQualifier: string | null;
}

export interface AssertedAuthentication {
  /** ISO 8601; null where the IdP does not say (OIDC without auth_time). */
  readonly authenticatedAt: string | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly sessionIndex: string | null;
  readonly sessionExpiresAt: string | null;
}

/**
 * What keeps an assertion from the federation assurance that its IdP claims, as far as the hub sees it (NIST SP 800-63C-4,
 * sections 2.2 and 2.3). That it answers a request of ours and is taken in once holds for every assertion here.
 * READABLE_IDENTIFIER: who the person is can be read from the identifier. SHARED_AUDIENCE: it was made for others too.
 * OLD_ALGORITHMS: it came while an operator let this IdP use cryptography that is not approved any more (section 2.1).
 */
export const falShortfalls = ['READABLE_IDENTIFIER', 'SHARED_AUDIENCE', 'OLD_ALGORITHMS'] as const;
export type FalShortfall = (typeof falShortfalls)[number];

/** What an IdP said, every byte of it covered by a checked signature. Plain JSON, so that it can rest encrypted. */
export interface AssertionFacts {
  readonly protocol: Protocol;
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly issuer: string;
  /** Unique per issuer: Assertion/@ID, or `jti` / SHA-256 of the ID token. Key of the replay table (L33). */
  readonly assertionId: string;
  /** ISO 8601: until when the replay table must remember it (end of validity plus skew). */
  readonly replayUntil: string;
  readonly issuedAt: string;
  readonly subject: AssertedSubject;
  readonly claims: Readonly<Record<string, ClaimValue>>;
  readonly authentication: AssertedAuthentication;
  readonly falShortfalls: readonly FalShortfall[];
  /** SAML: the NameID, whatever the subject is read from. */
  readonly sessionSubject?: SessionSubject;
  /** SHA-256, hex, over the verified bytes: the proof that is kept of them. */
  readonly digest: string;
}

declare const verified: unique symbol;
/** Made by `sealVerified` alone, which only `verify` of a protocol and the store of pending logins may import. */
export type VerifiedAssertion = AssertionFacts & { readonly [verified]: true };

export interface Upstream<C extends UpstreamConfig = UpstreamConfig> {
  begin(config: C, ask: AuthenticationAsk, now: Date): Promise<Begun>;
  /** Pipeline stage 2. Total: hostile input gives a refusal, never an exception. Network only through `egress/`. */
  verify(config: C, inbound: InboundMessage, pending: UpstreamPending, now: Date): Promise<Result<VerifiedAssertion>>;
  /** Reads the opaque state handle from the message, before anything is trusted. */
  readState(inbound: InboundMessage): Result<string>;
}

// ---------------------------------------------------------------- logout that an IdP begins

export interface LogoutAsked {
  readonly id: string;
  readonly subject: SessionSubject;
  /** Of the sessions at the IdP; empty: all of this person. */
  readonly sessionIndexes: readonly string[];
  /** Goes back with the answer, unread. */
  readonly relayState: string | null;
  /** Until when the same message could pass again. */
  readonly replayUntil: Date;
}

/** DONE: no session of what was named is left. UNKNOWN: nothing that was named is known here. */
export type LogoutResult = 'DONE' | 'UNKNOWN';

/** An ability of a protocol beside signing in. */
export interface UpstreamLogout<C extends UpstreamConfig = UpstreamConfig> {
  /** Total: hostile input gives a refusal, never an exception. */
  readRequest(config: C, inbound: InboundMessage, now: Date): Result<LogoutAsked>;
  /** null: the IdP names no place for answers. */
  answer(config: C, asked: LogoutAsked, result: LogoutResult, now: Date): OutboundMessage | null;
}

// ---------------------------------------------------------------- inspection of a captured message

export type CheckName =
  | 'MESSAGE'
  | 'SIGNATURE'
  | 'ISSUER'
  | 'DESTINATION'
  | 'SUBJECT_CONFIRMATION'
  | 'AUDIENCE'
  | 'CONDITIONS'
  | 'ISSUE_INSTANT'
  | 'AUTHENTICATION'
  | 'SESSION'
  | 'TENANT'
  | 'CLAIMS'
  | 'SUBJECT'
  | 'IN_RESPONSE_TO'
  | 'NONCE'
  | 'REAUTHENTICATION'
  | 'USER_INFO'
  | 'REPLAY';

/**
 * NOT_APPLIED: it needs what a captured message has lost, the request above all; nothing speaks for it and nothing against.
 * NOT_REACHED: an earlier one refused.
 */
export interface CheckVerdict {
  readonly check: CheckName;
  readonly outcome: 'PASSED' | 'REFUSED' | 'NOT_APPLIED' | 'NOT_REACHED';
  readonly code: ErrorCode | null;
  readonly detail: string | null;
}

export interface Inspection {
  readonly verdicts: readonly CheckVerdict[];
  /** Never sealed: what was inspected can be neither taken in nor committed. */
  readonly facts: Result<AssertionFacts>;
}

export interface InspectionTime {
  /** The instant that the message is judged at. */
  readonly at: Date;
  readonly now: Date;
}

/** Judges a message without the request that it answers. For simulations alone; takes nothing in. */
export interface Inspector<C extends UpstreamConfig = UpstreamConfig> {
  /** Total, like `verify`. @param message a base64 `SAMLResponse`, or a compact ID token */
  inspect(config: C, message: string, time: InspectionTime): Promise<Inspection>;
}
