import {
  beginningRule,
  isDns1035Label,
  isDnsLabel,
  isDnsSubdomain,
  isLabelValue,
  isQualifiedName,
  type NameRule,
} from '../registry/object-names.ts';
import { formatError } from '../types/value-formats.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { newList, Opaque, Optional } from './cel-value.ts';
import { FORMAT_TYPE } from './opaque-values.ts';
import { isUrl } from './url-functions.ts';

/** `format.<name>().validate(text)`: what is wrong with a text. Source: k8s.io/apiserver, `pkg/cel/library/format.go`. */

const bySchema =
  (format: string, text: string): NameRule =>
  (value) =>
    formatError(value, format) === undefined ? [] : [text];

const isUri: NameRule = (text) => (isUrl(text) ? [] : [`parse ${JSON.stringify(text)}: invalid URI for request`]);

const FORMATS: Readonly<Record<string, NameRule>> = {
  dns1123Label: isDnsLabel,
  dns1123Subdomain: isDnsSubdomain,
  dns1035Label: isDns1035Label,
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: beginningRule(isDnsLabel),
  dns1123SubdomainPrefix: beginningRule(isDnsSubdomain),
  dns1035LabelPrefix: beginningRule(isDns1035Label),
  labelValue: isLabelValue,
  uri: isUri,
  uuid: bySchema('uuid', 'does not match the UUID format'),
  byte: bySchema('byte', 'invalid base64'),
  date: bySchema('date', 'invalid date'),
  datetime: bySchema('date-time', 'invalid datetime'),
};

const named = (name: string): Opaque => new Opaque(FORMAT_TYPE, { name, text: name });

const makers: Record<string, CelFunction> = Object.fromEntries(
  Object.keys(FORMATS).map((name) => [`format.${name}`, () => named(name)]),
);

export const namedFormatFunctions: CelFunctions = {
  ...makers,
  'format.named': (name) => {
    if (typeof name !== 'string') return undefined;
    return Object.hasOwn(FORMATS, name) ? new Optional(named(name)) : new Optional();
  },
  validate: (format, text) => {
    if (!(format instanceof Opaque) || format.type !== FORMAT_TYPE || typeof text !== 'string') return undefined;
    const rule = FORMATS[(format.value as { name: string }).name];
    const texts = rule ? rule(text) : [];
    return texts.length === 0 ? new Optional() : new Optional(newList(texts));
  },
};
