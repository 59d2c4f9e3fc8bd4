/** One media range of an Accept header, the most wanted first. */
export interface MediaRange {
  /** `application/json`, `*\/*`. */
  type: string;
  parameters: Record<string, string>;
}

function parseRange(text: string): MediaRange & { quality: number } {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const pairs = rest.map((part) => {
    const [name = '', value = ''] = part.split('=');
    return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
  });
  const { q, ...parameters } = Object.fromEntries(pairs);
  return { type: type.toLowerCase(), parameters, quality: q === undefined ? 1 : Number(q) || 0 };
}

/** An absent or empty header accepts anything. Ranges of equal quality keep their order. */
export function parseAccept(header: string | undefined): MediaRange[] {
  const text = header?.trim() ? header : '*/*';
  return text
    .split(',')
    .map(parseRange)
    .sort((a, b) => b.quality - a.quality)
    .map(({ type, parameters }) => ({ type, parameters }));
}

/** Whether a range without parameters of its own takes a type. */
export function takes(range: MediaRange, type: string): boolean {
  const [family] = type.split('/');
  return range.type === '*/*' || range.type === `${family}/*` || range.type === type;
}
