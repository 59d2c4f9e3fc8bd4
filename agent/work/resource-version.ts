/** resourceVersions of one hub. Those that are no numbers can't be compared. */

export function isNumber(version: string | undefined): version is string {
  return version !== undefined && /^\d+$/.test(version);
}

/** False where they can't be compared. */
export function isLower(version: string | undefined, than: string | undefined): boolean {
  return isNumber(version) && isNumber(than) && BigInt(version) < BigInt(than);
}

/** Where only one is a number that one, where neither is the later one. */
export function newer(before: string | undefined, now: string | undefined): string {
  if (!isNumber(before)) return now ?? before ?? '';
  return isNumber(now) && !isLower(now, before) ? now : before;
}
