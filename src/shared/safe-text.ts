/**
 * Text that came from outside, made fit for a record: short, and free of what a database refuses, a terminal obeys or a
 * reader is misled by (H12): control characters, broken Unicode, marks that turn the direction of writing.
 */

const MARK = '\ufffd';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** @param most characters that are kept; what is cut off is told by an ellipsis. */
export function safeText(text: string, most: number): string {
  const kept = text.length > most ? `${text.slice(0, most)}…` : text;
  return kept.toWellFormed().replace(UNFIT, MARK);
}

/** Whether nothing has to be done to a text before it may be a key or a value in the database. */
export function isFit(text: string, most: number): boolean {
  return safeText(text, most) === text;
}
