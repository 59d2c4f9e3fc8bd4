/** JSON that can't be parsed, in the words of Go's decoder where they can be told from V8's. */
const CONTEXTS: [RegExp, string][] = [
  [/^Expected property name/, 'looking for beginning of object key string'],
  [/^Expected double-quoted property name/, 'looking for beginning of object key string'],
  [/^Expected ':'/, 'after object key'],
  [/^Expected ',' or '}'/, 'after object key:value pair'],
  [/^Expected ',' or ']'/, 'after array element'],
  [/^Unexpected non-whitespace/, 'after top-level value'],
  [/^Unexpected token/, 'looking for beginning of value'],
];

/** `error`: what `JSON.parse(text)` threw. */
export function jsonErrorText(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  const character = /^Unexpected token '(.)'/u.exec(message)?.[1] ?? text[Number(position)];
  const isAtEnd =
    /end of JSON|Unterminated string/.test(message) || (position !== undefined && Number(position) >= text.length);
  if (isAtEnd) return 'unexpected end of JSON input';
  const context = CONTEXTS.find(([form]) => form.test(message))?.[1];
  return context && character ? `invalid character '${character}' ${context}` : message;
}
