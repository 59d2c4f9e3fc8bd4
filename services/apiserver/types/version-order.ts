/**
 * The order of API versions in discovery: stable before beta before alpha, then the higher number first, names of another form last and by
 * alphabet. Source: Kubernetes' "version priority" of CustomResourceDefinitions.
 */
const form = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;
const maturity: Record<string, number> = { alpha: 0, beta: 1 };

function rank(version: string): number[] | undefined {
  const match = form.exec(version);
  if (!match) return undefined;
  const [, major, stage, minor] = match;
  return [stage ? (maturity[stage] ?? 0) : 2, Number(major), Number(minor ?? 0)];
}

/** For `sort`: the preferred version comes first. */
export function compareVersions(a: string, b: string): number {
  const [rankA, rankB] = [rank(a), rank(b)];
  if (!rankA || !rankB) return rankA ? -1 : rankB ? 1 : a < b ? -1 : Number(a > b);
  for (const [index, value] of rankA.entries()) {
    const other = rankB[index] ?? 0;
    if (value !== other) return other - value;
  }
  return 0;
}
