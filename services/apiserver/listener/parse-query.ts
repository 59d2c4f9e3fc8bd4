/** Parameters as Go reads them: one that holds a semicolon, or a percent sign that encodes nothing, is left out. Source: Go, net/url, ParseQuery. */
export function parseQuery(rawQuery: string): URLSearchParams {
  if (!ODD.test(rawQuery)) return new URLSearchParams(rawQuery);
  const good = rawQuery.split('&').filter((pair) => !ODD.test(pair));
  return new URLSearchParams(good.join('&'));
}

const ODD = /;|%(?![0-9a-f]{2})/i;
