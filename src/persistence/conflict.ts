/** What the database refused because it is there already. Use cases turn it into a code without knowing the ORM. */
import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';

export function isUniqueViolation(fault: unknown): boolean {
  return fault instanceof UniqueConstraintViolationException;
}

/** Name of the unique constraint that a statement broke; null for every other fault. */
export function brokenConstraint(fault: unknown): string | null {
  if (!isUniqueViolation(fault)) return null;
  // The fields of PostgreSQL's answer are carried over by the driver's exception.
  return (fault as { constraint?: string }).constraint ?? null;
}
