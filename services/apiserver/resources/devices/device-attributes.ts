import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { invalid, tooLong } from '../../types/field-error.ts';

/** What a device is like: one value of one of four types. Lists of values are not served. Source: resource/validation. */
export interface Attribute {
  int?: number;
  bool?: boolean;
  string?: string;
  version?: string;
  /** Behind a feature that is off, as the rest is. */
  bools?: unknown;
  ints?: unknown;
  strings?: unknown;
  versions?: unknown;
}

export function validateAttribute(attribute: Attribute, field: string): StatusCause[] {
  const { string = '', version } = attribute;
  return [
    ...longValue(string, `${field}.string`),
    ...(version === undefined ? [] : validateVersion(version, `${field}.version`)),
    ...exactlyOneValue(attribute, field),
  ];
}

const MAX_VALUE = 64;

const longValue = (value: string, field: string): StatusCause[] =>
  Buffer.byteLength(value) > MAX_VALUE ? [tooLong(field, MAX_VALUE)] : [];

const NUMBER = String.raw`(0|[1-9]\d*)`;
const PRE_RELEASE = String.raw`(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const BUILD = '[0-9a-zA-Z-]+';
const VERSION = new RegExp(
  String.raw`^${NUMBER}\.${NUMBER}\.${NUMBER}(-${PRE_RELEASE}(\.${PRE_RELEASE})*)?(\+${BUILD}(\.${BUILD})*)?$`,
);

/** What is far too long anyway is not read. */
const ENOUGH = 1000;

function validateVersion(version: string, field: string): StatusCause[] {
  const text = 'must be a string compatible with semver.org spec 2.0.0';
  const isVersion = version.length <= ENOUGH && VERSION.test(version);
  return [...(isVersion ? [] : [invalid(field, version, text)]), ...longValue(version, field)];
}

function exactlyOneValue({ int, bool, string, version }: Attribute, field: string): StatusCause[] {
  const count = [int, bool, string, version].filter((value) => value !== undefined).length;
  if (count === 1) return [];
  return [
    invalid(
      field,
      count === 0 ? '' : shownAttribute({ int, bool, string, version }),
      'exactly one value must be specified',
    ),
  ];
}

/** As Go shows it. */
const shownAttribute = ({ int, bool, string, version }: { [name in keyof Attribute]?: unknown }): unknown => ({
  IntValue: int ?? null,
  BoolValue: bool ?? null,
  StringValue: string ?? null,
  VersionValue: version ?? null,
  IntValues: null,
  BoolValues: null,
  StringValues: null,
  VersionValues: null,
});
