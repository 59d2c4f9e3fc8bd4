import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { tooMany } from '../../types/field-error.ts';

/** Maps of what devices have. Source: resource/validation. */
export interface MapRule<T> {
  field: string;
  /** At most so many; none of more is looked at. */
  max: number;
  /** Longer keys are cut short where they are part of a path. */
  longestKey: number;
  key: (key: string, field: string) => StatusCause[];
  item: (item: T, field: string) => StatusCause[];
}

export function mapCauses<T>(map: Readonly<Record<string, T>>, rule: MapRule<T>): StatusCause[] {
  const { field, max, longestKey, key, item } = rule;
  const entries = Object.entries(map);
  if (entries.length > max) return [tooMany(field, entries.length, max)];
  return entries.flatMap(([name, one]) => [
    ...key(name, field),
    ...item(one, `${field}[${shortened(name, longestKey)}]`),
  ]);
}

const LEAST_SHOWN = 16;
const LEFT_OUT = '...';

/** Its middle is left out. */
function shortened(name: string, longest: number): string {
  const most = Math.max(longest, LEAST_SHOWN);
  if (name.length <= most) return name;
  const shown = most - LEFT_OUT.length;
  return name.slice(0, Math.ceil(shown / 2)) + LEFT_OUT + name.slice(name.length - Math.floor(shown / 2));
}
