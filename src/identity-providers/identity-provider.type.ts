/** The GraphQL face of an identity provider. Secrets have no field; keys are told by their fingerprint. */
import { Field, Int, ObjectType } from 'type-graphql';
import { AssuranceLevels } from '../graphql/assurance.js';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { ProtocolEnum } from '../graphql/protocol.js';
import { DateTimeScalar, DisplayNameScalar, IdentifierScalar, SlugScalar } from '../graphql/scalars.js';
import type { Protocol, SamlAlgorithmException, SubjectSource } from '../login/contracts.js';
import type {
  IdentityProvider,
  IdentityProviderKey,
  IdentityProviderState,
  OidcSettings,
  SamlSettings,
} from './identity-provider.entity.js';

export const IdentityProviderStateEnum = graphqlEnum<IdentityProviderState>(
  'IdentityProviderState',
  'The life of an identity provider.',
  {
    DRAFT: 'Connected and never used: nobody signs in through it.',
    ACTIVE: 'People sign in through it, as far as trust relationships allow.',
    DISABLED: 'Nobody signs in through it; can be activated again.',
  },
);

export const SsoBindingEnum = graphqlEnum<SamlSettings['ssoBinding']>('SsoBinding', 'How requests reach a SAML IdP.', {
  REDIRECT: 'HTTP-Redirect.',
  POST: 'HTTP-POST.',
});

export const RequireSignedEnum = graphqlEnum<SamlSettings['requireSigned']>(
  'RequireSigned',
  'Which signatures a SAML response must carry. Any that is there must be valid; only signed content is read.',
  {
    RESPONSE: 'One over the response.',
    ASSERTION: 'One over the assertion.',
    BOTH: 'Both.',
    EITHER: 'At least one of them.',
  },
);

export const TokenEndpointAuthMethodEnum = graphqlEnum<OidcSettings['tokenEndpointAuthMethod']>(
  'TokenEndpointAuthMethod',
  'How the hub authenticates at a token endpoint (OpenID Connect Core 1.0, section 9).',
  { client_secret_basic: 'In the Authorization header.', client_secret_post: 'In the body.' },
);

export const SubjectSourceKindEnum = graphqlEnum<SubjectSource['kind']>(
  'SubjectSourceKind',
  'Where the lasting identifier of a person is read from.',
  {
    NAME_ID: 'The NameID of a SAML assertion; never a transient one.',
    SUB: 'The `sub` of an ID token.',
    CLAIM: 'A SAML attribute or an OIDC claim, by name.',
  },
);

export const SamlAlgorithmExceptionEnum = graphqlEnum<SamlAlgorithmException>(
  'SamlAlgorithmException',
  'Old cryptography that an operator lets one identity provider use. RSA-1.5 and 3DES can never be excepted.',
  {
    SHA1_SIGNATURE: 'RSA-SHA1 signatures and SHA-1 digests.',
    AES_CBC: 'Content encrypted by AES-CBC, where a checked signature covers what is encrypted.',
  },
);

export const SigningCertificateStateEnum = graphqlEnum<IdentityProviderKey['state']>(
  'SigningCertificateState',
  'Whether a pinned certificate counts.',
  { ACTIVE: 'What it signs is accepted.', RETIRED: 'It is no longer in the metadata; what it signs is refused.' },
);

@ObjectType('SubjectSource', { description: 'Where the lasting identifier of a person is read from.' })
export class SubjectSourceType {
  @Field(() => SubjectSourceKindEnum, { description: 'Kind of place.' })
  kind!: SubjectSource['kind'];

  @Field(() => String, { nullable: true, description: 'Name of the attribute or claim; null for the other kinds.' })
  name?: string;
}

@ObjectType('AssuranceMapEntry', { description: 'What a statement of an identity provider is worth here.' })
export class AssuranceMapEntry {
  @Field(() => String, { description: 'AuthnContextClassRef (SAML) or `acr` (OIDC), to the letter.' })
  context!: string;

  @Field(() => AssuranceLevels, { description: 'Levels that it stands for.' })
  levels!: AssuranceLevels;
}

@ObjectType('SamlSettings', { description: 'What is set for an identity provider by SAML.' })
export class SamlSettingsType implements Omit<SamlSettings, 'kind' | 'metadataSigner'> {
  @Field(() => String, { description: 'Where requests go, from its metadata.' })
  ssoUrl!: string;

  @Field(() => SsoBindingEnum, { description: 'How requests go there.' })
  ssoBinding!: SamlSettings['ssoBinding'];

  @Field(() => String, {
    nullable: true,
    description: 'Where answers to its logout requests go, from its metadata; null: it names no place.',
  })
  sloResponseUrl!: string | null;

  @Field(() => SsoBindingEnum, { nullable: true, description: 'How these answers go there.' })
  sloBinding!: SamlSettings['sloBinding'];

  @Field(() => RequireSignedEnum, { description: 'Which signatures must be there.' })
  requireSigned!: SamlSettings['requireSigned'];

  @Field(() => Boolean, { description: 'Whether an assertion that is not encrypted is refused.' })
  requireEncrypted!: boolean;

  @Field(() => Boolean, { description: 'Whether the signature of an assertion may stand at its end.' })
  allowTrailingSignature!: boolean;

  @Field(() => [SamlAlgorithmExceptionEnum], {
    description: 'Old cryptography that is let through; with any, what it says has no level of federation.',
  })
  algorithmExceptions!: readonly SamlAlgorithmException[];

  @Field(() => Boolean, { description: 'Whether the hub signs its requests.' })
  signRequests!: boolean;

  @Field(() => String, { nullable: true, description: 'NameID format that is asked for; null asks for none.' })
  nameIdFormat!: string | null;

  @Field(() => [String], { description: 'AuthnContextClassRefs that are asked for when an application names none.' })
  requestedAuthnContext!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Where its metadata was fetched from; null: it came as text.' })
  metadataUrl!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256, hex, of the certificate by whose key its metadata must be signed; null: none is pinned.',
  })
  metadataSigningFingerprint!: string | null;
}

@ObjectType('OidcSettings', { description: 'What is set for an OpenID Provider. Its client secret is never shown.' })
export class OidcSettingsType implements Omit<OidcSettings, 'kind' | 'metadata'> {
  @Field(() => String, { description: 'Name of the hub there.' })
  clientId!: string;

  @Field(() => TokenEndpointAuthMethodEnum, { description: 'How the hub authenticates there.' })
  tokenEndpointAuthMethod!: OidcSettings['tokenEndpointAuthMethod'];

  @Field(() => [String], { description: 'Scopes that are asked for, besides `openid`.' })
  scopes!: readonly string[];

  @Field(() => [String], { description: 'Signature algorithms that an ID token may have.' })
  idTokenAlgorithms!: readonly string[];

  @Field(() => [String], { description: 'Tenants of a multi-tenant issuer that belong to the partner.' })
  allowedTenants!: readonly string[];

  @Field(() => Boolean, { description: 'Whether userinfo is fetched and merged.' })
  fetchUserInfo!: boolean;
}

@ObjectType('SigningCertificate', { description: 'A signing certificate of a SAML IdP, pinned from its metadata.' })
export class SigningCertificateType
  implements Pick<IdentityProviderKey, 'fingerprint' | 'notBefore' | 'notAfter' | 'state'>
{
  @Field(() => String, { description: 'SHA-256 of the certificate, hex.' })
  fingerprint!: string;

  @Field(() => DateTimeScalar, { description: 'When it begins.' })
  notBefore!: Date;

  @Field(() => DateTimeScalar, { description: 'When it ends.' })
  notAfter!: Date;

  @Field(() => SigningCertificateStateEnum, { description: 'Whether what it signs is accepted.' })
  state!: IdentityProviderKey['state'];
}

@ObjectType('IdentityProvider', {
  implements: Node,
  description: 'An identity provider of a partner, with everything that the other side must be told.',
})
export class IdentityProviderType
  extends Node
  implements
    Pick<
      IdentityProvider,
      | 'id'
      | 'slug'
      | 'name'
      | 'protocol'
      | 'state'
      | 'issuer'
      | 'subjectSource'
      | 'clockSkewSeconds'
      | 'createdAt'
      | 'updatedAt'
    >
{
  @Field(() => SlugScalar, { description: 'Its name in addresses, unique within the partner; never changes.' })
  slug!: string;

  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;

  @Field(() => ProtocolEnum, { description: 'How it speaks.' })
  protocol!: Protocol;

  @Field(() => IdentityProviderStateEnum, { description: 'Whether people can sign in through it.' })
  state!: IdentityProviderState;

  @Field(() => IdentifierScalar, { description: 'entityID (SAML) or issuer (OIDC): the only one that is believed.' })
  issuer!: string;

  @Field(() => SubjectSourceType, { description: 'Where the lasting identifier of a person is read from.' })
  subjectSource!: SubjectSource;

  @Field(() => Int, { description: 'Difference between the clocks that is forgiven, both ways.' })
  clockSkewSeconds!: number;

  @Field(() => DateTimeScalar, { description: 'When it was connected.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const IdentityProviderConnection = connectionType('IdentityProvider', () => IdentityProviderType);

@ObjectType({ description: 'The identity provider after the change.' })
export class IdentityProviderPayload {
  @Field(() => IdentityProviderType, { description: 'The identity provider.' })
  identityProvider!: IdentityProvider;
}
