/** The audit log's room, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { AuditResolver } from './audit.resolver.js';
import type { AuditService } from './audit.service.js';
import { LoginRefusalResolver } from './login-refusal.resolver.js';

export { AuditService } from './audit.service.js';

export interface AuditServices {
  readonly audit: AuditService;
}

export const auditRoom: Room<AuditServices> = {
  resolvers: [
    { resolver: AuditResolver, make: ({ audit }) => new AuditResolver(audit) },
    { resolver: LoginRefusalResolver, make: ({ audit }) => new LoginRefusalResolver(audit) },
  ],
  nodes: ({ audit }) => ({
    AuditEvent: async (context, [partnerId, id]) => (partnerId && id ? audit.find(context, partnerId, id) : null),
  }),
};
