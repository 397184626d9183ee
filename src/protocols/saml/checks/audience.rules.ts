/**
 * Stops an assertion that another service of the same IdP received, and hands on to us (S32, L29). Every
 * AudienceRestriction must hold (AND), each by one Audience that is our entityID (OR), letter by letter.
 * @see SAML core section 2.5.1.4; SAML profiles section 4.1.4.2: at least one AudienceRestriction names us
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import { childrenOf } from '../elements.rules.js';
import type { SamlMessage } from '../message.rules.js';
import { ns } from '../names.rules.js';

export function checkAudience({ assertion, config }: Pick<SamlMessage, 'assertion' | 'config'>): Refusal | null {
  const { entityId } = config.serviceProvider;
  const restrictions = childrenOf(assertion, ns.assertion, 'Conditions').flatMap((conditions) =>
    childrenOf(conditions, ns.assertion, 'AudienceRestriction'),
  );
  if (restrictions.length === 0) return refusal('SAML_AUDIENCE', 'the assertion is restricted to no audience');
  const holds = restrictions.every((restriction) =>
    childrenOf(restriction, ns.assertion, 'Audience').some((audience) => audience.text === entityId),
  );
  if (holds) return null;
  return refusal('SAML_AUDIENCE', 'an AudienceRestriction does not name the hub', {
    expected: entityId,
    restrictions: restrictions.length,
  });
}
