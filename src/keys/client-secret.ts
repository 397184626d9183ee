/**
 * Secrets of applications and service clients: 256 random bits, shown once, kept as SHA-256. A slow hash protects
 * guessable secrets; these are not guessable, and a fast one keeps the token endpoint cheap under load.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export function newClientSecret(): string {
  return `ents_${randomBytes(32).toString('base64url')}`;
}

export function hashClientSecret(secret: string): string {
  return `sha256:${createHash('sha256').update(secret, 'utf8').digest('base64url')}`;
}

/** Constant time over the digests. */
export function clientSecretMatches(secret: string, stored: string): boolean {
  const given = Buffer.from(hashClientSecret(secret), 'utf8');
  const kept = Buffer.from(stored, 'utf8');
  return given.length === kept.length && timingSafeEqual(given, kept);
}
