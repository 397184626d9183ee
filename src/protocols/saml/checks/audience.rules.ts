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
  const restrictions = restrictionsOf(assertion);
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

/** Whether it was made for us and for nobody beside (NIST SP 800-63C-4, section 2.3). */
export function namesOnlyUs({ assertion, config }: Pick<SamlMessage, 'assertion' | 'config'>): boolean {
  const audiences = restrictionsOf(assertion).flatMap((one) => childrenOf(one, ns.assertion, 'Audience'));
  return audiences.length > 0 && audiences.every(({ text }) => text === config.serviceProvider.entityId);
}

function restrictionsOf(assertion: SamlMessage['assertion']) {
  return childrenOf(assertion, ns.assertion, 'Conditions').flatMap((conditions) =>
    childrenOf(conditions, ns.assertion, 'AudienceRestriction'),
  );
}
