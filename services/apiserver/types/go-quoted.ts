const NAMED: Readonly<Record<string, string>> = { '\x07': '\\a', '\v': '\\v', '\x7f': '\\x7f' };

const PLAIN = /^[ -~]*$/;

/** A text as Go's `%q` prints it: as JSON, but for characters that have no name. */
export function goQuoted(text: string): string {
  if (PLAIN.test(text)) return JSON.stringify(text);
  const inner = [...text].map((character) => {
    const json = JSON.stringify(character).slice(1, -1);
    return NAMED[character] ?? json.replace(/^\\u00([01])/, '\\x$1');
  });
  return `"${inner.join('')}"`;
}
