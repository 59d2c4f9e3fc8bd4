/** JSON as Go's encoder writes it: `<`, `>`, `&` and the line separators are escaped. */
export function goJson(value: unknown): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
}
