/**
 * Stops a request that sends the assertion to an address of somebody else's choice (S49, L39): the address, or its index, is
 * one that was registered for this service provider, letter by letter. Without either, it is the registered default.
 * @see SAML core section 3.4.1 (AssertionConsumerServiceURL, AssertionConsumerServiceIndex); SAML profiles section 4.1.4.1
 */
import { refusal } from '../../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../../shared/result.js';
import type { XmlElement } from '../../../../xml/contracts.js';

/** A registered AssertionConsumerService; all of them take HTTP-POST. */
export interface ReplyAddress {
  readonly index: number;
  readonly url: string;
  readonly isDefault: boolean;
}

export function readReplyAddress(message: XmlElement, registered: readonly ReplyAddress[]): Result<string> {
  const say = (detail: string) => refused(refusal('SAML_ACS', detail));
  const url = message.attribute('AssertionConsumerServiceURL');
  const index = message.attribute('AssertionConsumerServiceIndex');
  if (url !== null && index !== null) return say('the request names an address and an index');
  if (url !== null) {
    return registered.some((one) => one.url === url)
      ? ok(url)
      : say('the request names an address that is not registered');
  }
  if (index !== null) {
    const found = registered.find((one) => String(one.index) === index);
    return found === undefined ? say('the request names an index that is not registered') : ok(found.url);
  }
  const fallback = registered.find((one) => one.isDefault) ?? registered[0];
  return fallback === undefined ? say('no address is registered') : ok(fallback.url);
}
