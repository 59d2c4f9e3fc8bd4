/** Where two normalised answers differ, one line each: the path, what the embedded API said, what upstream said. */

import { isDeepStrictEqual } from 'node:util';

export function differences(embedded: unknown, upstream: unknown, path = ''): string[] {
  if (isDeepStrictEqual(embedded, upstream)) return [];
  if (Array.isArray(embedded) && Array.isArray(upstream) && embedded.length === upstream.length) {
    return embedded.flatMap((item, index) => differences(item, upstream[index], `${path}[${index}]`));
  }
  if (Array.isArray(embedded) && Array.isArray(upstream)) return differentLengths(embedded, upstream, path);
  if (isMap(embedded) && isMap(upstream)) {
    const names = new Set([...Object.keys(embedded), ...Object.keys(upstream)]);
    return [...names].flatMap((name) => differences(embedded[name], upstream[name], `${path}.${name}`));
  }
  return [`${path}: embedded ${show(embedded)}, upstream ${show(upstream)}`];
}

/** Both lengths, and where the shorter ends or something else is first. */
function differentLengths(embedded: unknown[], upstream: unknown[], path: string): string[] {
  const shared = Math.min(embedded.length, upstream.length);
  const first = embedded.findIndex((item, index) => index >= shared || !isDeepStrictEqual(item, upstream[index]));
  const index = first < 0 ? shared : first;
  const lengths = `${path}: embedded ${embedded.length} items, upstream ${upstream.length}`;
  return [lengths, ...differences(embedded[index], upstream[index], `${path}[${index}]`)];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
