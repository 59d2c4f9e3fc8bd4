import { addWork } from './budget.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, Opaque } from './cel-value.ts';
import { SEMVER_TYPE } from './opaque-values.ts';

/** Semantic versions. Source: semver.org 2.0.0, and k8s.io/apiserver, `pkg/cel/library/semverlib.go`, for what `normalize` mends. */

interface Version {
  numbers: [bigint, bigint, bigint];
  before: string[];
  text: string;
}

const PART = '(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const FORM = new RegExp(
  `^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-(${PART}(?:\\.${PART})*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?$`,
);

function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, before] = FORM.exec(text) ?? [];
  const parts = before?.split('.') ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  if (![major, minor, patch, ...parts].every(isWithinRange)) return undefined;
  const numbers: Version['numbers'] = [BigInt(major), BigInt(minor), BigInt(patch)];
  return { numbers, before: parts, text: `${numbers.join('.')}-${before ?? ''}` };
}

/** Numbers have 64 bits. */
const isWithinRange = (part: string): boolean => !/^\d+$/.test(part) || (part.length <= 20 && BigInt(part) < 2n ** 64n);

/** A `v` before it, missing minor and patch numbers, zeros before a number. */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([^-+]*)(.*)$/s.exec(text) ?? [];
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3) parts.push('0');
  return parts.join('.') + rest;
}

function compareParts(a: string, b: string): number {
  const [isOneNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isOneNumber && isOtherNumber) return Number(BigInt(a) > BigInt(b)) - Number(BigInt(a) < BigInt(b));
  if (isOneNumber !== isOtherNumber) return isOneNumber ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

/** To compare two parts. */
const PART_WORK = 40;

function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  addWork(Math.min(a.before.length, b.before.length) * PART_WORK);
  if (a.before.length === 0 || b.before.length === 0) return Math.sign(b.before.length - a.before.length);
  for (const [index, part] of a.before.entries()) {
    const other = b.before[index];
    const order = other === undefined ? 1 : compareParts(part, other);
    if (order !== 0) return order;
  }
  return Math.sign(a.before.length - b.before.length);
}

const versionOf = (value: CelValue | undefined): Version | undefined =>
  value instanceof Opaque && value.type === SEMVER_TYPE ? (value.value as Version) : undefined;

const ofVersions =
  (run: (order: number) => CelValue): CelFunction =>
  (value, other) => {
    const [a, b] = [versionOf(value), versionOf(other)];
    return a && b && run(compareVersions(a, b));
  };

const number =
  (index: 0 | 1 | 2): CelFunction =>
  (value) =>
    versionOf(value)?.numbers[index];

const read = (text: string, isMended: CelValue | undefined): Version | undefined =>
  parseVersion(isMended === true ? normalized(text) : text);

function refusal(text: string): CelError {
  if (text === '') return new CelError('Version string empty');
  if (text.split('.').length < 3) return new CelError('No Major.Minor.Patch elements found');
  return new CelError(`Invalid character(s) found in version ${JSON.stringify(text)}`);
}

export const semverFunctions: CelFunctions = {
  isSemver: (text, isMended) => (typeof text === 'string' ? read(text, isMended) !== undefined : undefined),
  semver: (text, isMended) => {
    if (typeof text !== 'string') return undefined;
    const version = read(text, isMended);
    if (!version) throw refusal(text);
    return new Opaque(SEMVER_TYPE, version);
  },
  major: number(0),
  minor: number(1),
  patch: number(2),
  isGreaterThan: ofVersions((order) => order > 0),
  isLessThan: ofVersions((order) => order < 0),
  compareTo: ofVersions((order) => BigInt(order)),
};
