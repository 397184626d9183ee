/** Every table of the hub, once: what the ORM discovers, and what the drift check compares. */
import { ApiClient, ApiToken } from '../access/api-client.entity.js';
import { Application } from '../applications/application.entity.js';
import { AuditEvent } from '../audit/audit.entity.js';
import {
  IdentityProvider,
  IdentityProviderAssociation,
  IdentityProviderKey,
  ServiceProviderKey,
  ServiceProviderProfile,
} from '../identity-providers/identity-provider.entity.js';
import { HubSecret } from '../keys/hub-secret.entity.js';
import { SigningKey } from '../keys/signing-key.entity.js';
import { AssertionReplay, Login, OidcArtifact, PendingLogin } from '../login/login.entity.js';
import { AttributeDefinition, AttributeMapping } from '../mapping/mapping.entity.js';
import { Domain, ProvedDomain } from '../partners/domain.entity.js';
import { Partner } from '../partners/partner.entity.js';
import { Session, SessionApplication } from '../sessions/session.entity.js';
import { TrustRelationship, TrustVersion } from '../trust/trust.entity.js';
import { FederatedIdentity, Membership, User } from '../users/user.entity.js';

export const entities = [
  Partner,
  Domain,
  ProvedDomain,
  ServiceProviderProfile,
  ServiceProviderKey,
  IdentityProvider,
  IdentityProviderKey,
  IdentityProviderAssociation,
  Application,
  TrustRelationship,
  TrustVersion,
  AttributeDefinition,
  AttributeMapping,
  SigningKey,
  HubSecret,
  ApiClient,
  ApiToken,
  User,
  Membership,
  FederatedIdentity,
  Session,
  SessionApplication,
  Login,
  PendingLogin,
  AssertionReplay,
  OidcArtifact,
  AuditEvent,
];
