const NAMED: Readonly<Record<string, string>> = { '\x07': '\\a', '\v': '\\v' };

const PLAIN = /^[ -~]*$/;

/** A text as Go's `%q` prints it: as JSON, but for characters that have no name or that nobody sees. Source: Go, strconv.Quote and strconv.IsPrint. */
export function goQuoted(text: string): string {
  if (PLAIN.test(text)) return JSON.stringify(text);
  return `"${[...text].map(quotedCharacter).join('')}"`;
}

const SHOWN = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
/** Those that Go and JSON write alike, with a letter. */
const LETTERED = /["\\\b\f\n\r\t]/;

function quotedCharacter(character: string): string {
  if (LETTERED.test(character)) return JSON.stringify(character).slice(1, -1);
  if (SHOWN.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = (digits: number): string => code.toString(16).padStart(digits, '0');
  if (NAMED[character] !== undefined) return NAMED[character];
  if (code < 0x80) return `\\x${hex(2)}`;
  return code > 0xffff ? `\\U${hex(8)}` : `\\u${hex(4)}`;
}
