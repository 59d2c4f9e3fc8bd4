const NAMED: Readonly<Record<string, string>> = { '\x07': '\\a', '\v': '\\v' };

const PLAIN = /^[ -~]*$/;
/** Of JSON: a backslash, what comes after which is a text's own, and what Go writes in another way. */
const OTHERWISE = /\\\\|\\u00..|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** A text as Go's `%q` prints it: as JSON, but for characters that have no name or that nobody sees. Source: Go, strconv.Quote and strconv.IsPrint. */
export function goQuoted(text: string): string {
  const json = JSON.stringify(text);
  if (PLAIN.test(text)) return json;
  // A text may be nothing but a million of one of them.
  const known = new Map<string, string>();
  return json.replace(OTHERWISE, (part) => {
    const quoted = known.get(part) ?? quotedCharacter(part);
    known.set(part, quoted);
    return quoted;
  });
}

function quotedCharacter(json: string): string {
  if (json === '\\\\') return json;
  const character = json.startsWith('\\') ? JSON.parse(`"${json}"`) : json;
  if (NAMED[character] !== undefined) return NAMED[character];
  const code = character.codePointAt(0) ?? 0;
  const hex = (digits: number): string => code.toString(16).padStart(digits, '0');
  if (code < 0x80) return `\\x${hex(2)}`;
  return code > 0xffff ? `\\U${hex(8)}` : `\\u${hex(4)}`;
}
