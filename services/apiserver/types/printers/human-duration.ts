/** A duration as Kubernetes' tables print it, two units at most: `5m12s`, `3d4h`, `2y30d`; `<invalid>` before its time. Source: apimachinery's HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  return days(hours);
}

function days(hours: number): string {
  const count = Math.trunc(hours / 24);
  if (hours < 24 * 8) return twoUnits(count, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${count}d`;
  const years = Math.trunc(count / 365);
  return hours < 24 * 365 * 8 ? twoUnits(years, 'y', count % 365, 'd') : `${years}y`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

/** How long ago an RFC 3339 time was; `<unknown>` without one. */
export function age(time: unknown, nowMs: number): string {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? '<unknown>' : humanDuration(nowMs - at);
}
