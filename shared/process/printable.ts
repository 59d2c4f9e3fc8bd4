/** What people read at a terminal and clusters have said: a name, a condition or a field may hold whatever its writer liked, and a terminal obeys control characters. */

// All but tab and newline; and what turns the direction of writing, so that a line reads other than it is.
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu;

/** The text with such characters written out: ESC and CR as kubectl does (`^[`, `\r`), the others as in JSON, so that a line of JSON means the same. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, written);
}

/** Of one line: what comes from elsewhere can't pass for another line, or for a row of a table. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', ' ');
}

function written(character: string): string {
  if (character === '\u001b') return '^[';
  if (character === '\r') return '\\r';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
