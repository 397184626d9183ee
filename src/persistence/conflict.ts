/** What the database refused because it is there already. Use cases turn it into a code without knowing the ORM. */
import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';

export function isUniqueViolation(fault: unknown): boolean {
  return fault instanceof UniqueConstraintViolationException;
}
