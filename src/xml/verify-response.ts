import { refusal } from '../shared/refusal.js';
import { type Result, refused } from '../shared/result.js';
import type { ResponsePolicy, VerifiedResponse } from './contracts.js';

export function verifyResponse(_bytes: Uint8Array, _policy: ResponsePolicy): Result<VerifiedResponse> {
  return refused(refusal('SAML_SIG_MISSING', 'No signature is acceptable yet.'));
}
