/**
 * How large the program of a pattern would be, before RE2 makes it: counted repetitions unfold there, so that 500
 * characters make 70 000 instructions and a second of work (H13, H14). Linear in the text. An estimate: each
 * atom counts once, a group with its borders, and a repetition as often as it may repeat.
 */

const TOKEN =
  /\\Q.*?(?:\\E|$)|\\[pPx]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\{(\d+)(?:(,)(\d*))?\}|\(\?P?<[^>]*>|\(\?[\w-]*[:)]|./gsu;
const GROUP_BORDERS = 2;

/** Instructions, roughly. Total: of what is no pattern it says something, and RE2 refuses it. */
export function estimatedSize(pattern: string): number {
  const sizes = [0];
  let last = 0;
  const add = (size: number) => {
    last = size;
    sizes.push((sizes.pop() ?? 0) + size);
  };
  for (const [token, least, comma, most] of pattern.matchAll(TOKEN)) {
    if (least !== undefined) {
      const times = comma === undefined ? Number(least) : most ? Number(most) : Number(least) + 1;
      const unfolded = last * Math.max(times, 1);
      sizes.push((sizes.pop() ?? 0) - last);
      add(unfolded);
    } else if (token === ')' && sizes.length > 1) {
      const size = sizes.pop() ?? 0;
      add(size + GROUP_BORDERS);
    } else if (token === '(' || (token.startsWith('(?') && !token.endsWith(')'))) {
      sizes.push(0);
    } else if (token.startsWith('\\Q')) {
      add(token.length);
      last = 1;
    } else if (token === '*' || token === '+' || token === '?') {
      sizes.push((sizes.pop() ?? 0) + 1);
      last += 1;
    } else if (!token.startsWith('(?')) {
      add(1);
    }
  }
  return sizes.reduce((sum, size) => sum + size, 0);
}
