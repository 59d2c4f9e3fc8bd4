import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { invalid } from '../types/field-error.ts';

/** The rules for names, and upstream's words for breaking them. Source: apimachinery, util/validation. */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const QUALIFIED_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const tooLongText = (max: number): string => `must be no more than ${max} bytes`;

/** What is wrong with a name; nothing if it is fine. */
export type NameRule = (name: string) => string[];

function rule(form: RegExp, text: string, max: number, unit = 'characters'): NameRule {
  return (name) => [
    ...(name.length > max ? [`must be no more than ${max} ${unit}`] : []),
    ...(form.test(name) ? [] : [text]),
  ];
}

/** A name that would do but for its dots is told just so. */
export const isDnsLabel: NameRule = (name) => [
  ...(name.length > 63 ? ['must be no more than 63 characters'] : []),
  ...(LABEL.test(name) ? [] : [SUBDOMAIN.test(name) ? 'must not contain dots' : LABEL_TEXT]),
];
export const isDns1035Label: NameRule = rule(LABEL_1035, LABEL_1035_TEXT, 63);
export const isDnsSubdomain: NameRule = rule(SUBDOMAIN, SUBDOMAIN_TEXT, 253);

/** For RBAC and CSRs: anything that can be a segment of a URL path. */
export const isPathSegment: NameRule = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return beginsPathSegment(name);
};

const beginsPathSegment: NameRule = (name) =>
  ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`);

/** For what a name is to begin with: a dash at its end is followed by something. */
export function beginningRule(rule: NameRule): NameRule {
  if (rule === isPathSegment) return beginsPathSegment;
  return (beginning) =>
    rule(beginning.length > 1 && beginning.endsWith('-') ? `${beginning.slice(0, -2)}a` : beginning);
}

/** A label's or annotation's key, a finalizer. */
export const isQualifiedName: NameRule = (name) => {
  const parts = name.split('/');
  if (parts.length > 2)
    return [
      `a valid label key ${QUALIFIED_TEXT.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const part = parts.at(-1) ?? '';
  const [prefix] = parts.length === 2 ? parts : [undefined];
  return [
    ...(prefix === ''
      ? ['prefix part must be non-empty']
      : (prefix ? isDnsSubdomain(prefix) : []).map((text) => `prefix part ${text.replace(/characters$/, 'bytes')}`)),
    ...(part === '' ? ['name part must be non-empty'] : []),
    ...(part.length > 63 ? [`name part ${tooLongText(63)}`] : []),
    ...(QUALIFIED_PART.test(part) ? [] : [QUALIFIED_TEXT]),
  ];
};

/** A port's name, where a number could stand as well. */
export const isPortName: NameRule = (name) => [
  ...(name.length > 15 ? ['must be no more than 15 characters'] : []),
  ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
  ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(/^-|-$/.test(name) ? ['must not begin or end with a hyphen'] : []),
];

export const isLabelValue: NameRule = rule(LABEL_VALUE, LABEL_VALUE_TEXT, 63, 'bytes');

export function causesOf(field: string, value: string, texts: string[]): StatusCause[] {
  return texts.map((text) => invalid(field, value, text));
}
