/** The room of logins, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { ExplanationResolver } from './explanation.resolver.js';
import type { ExplanationService } from './explanation.service.js';
import {
  ApplicationLoginsResolver,
  AuditEventLoginResolver,
  IdentityProviderLoginsResolver,
  LoginResolver,
  MembershipLoginsResolver,
  PartnerLoginsResolver,
  SessionLoginResolver,
} from './login.resolver.js';
import type { LoginService } from './login.service.js';

export { ExplanationService } from './explanation.service.js';
export { LoginService } from './login.service.js';

export interface LoginServices {
  readonly logins: LoginService;
  readonly explanations: ExplanationService;
}

const edges = [
  PartnerLoginsResolver,
  ApplicationLoginsResolver,
  IdentityProviderLoginsResolver,
  MembershipLoginsResolver,
  SessionLoginResolver,
  AuditEventLoginResolver,
];

export const loginRoom: Room<LoginServices> = {
  resolvers: [
    { resolver: LoginResolver, make: ({ logins }) => new LoginResolver(logins) },
    ...edges.map((resolver) => ({ resolver, make: ({ logins }: LoginServices) => new resolver(logins) })),
    { resolver: ExplanationResolver, make: ({ explanations }) => new ExplanationResolver(explanations) },
  ],
  nodes: ({ logins }) => ({
    Login: async (context, [partnerId, id]) => (partnerId && id ? logins.find(context, { partnerId, id }) : null),
  }),
};
