import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isQualifiedName } from '../../registry/object-names.ts';
import type { Strategy } from '../../registry/strategy.ts';
import { duplicate, forbidden, invalid, required, tooLong } from '../../types/field-error.ts';
import { mayBeOneOf } from '../pod-spec/field-rules.ts';
import { OLD_LABELS } from '../pod-spec/old-labels.ts';
import { repeated } from '../repeated.ts';

/** StorageClasses and VolumeAttributesClasses: what volumes are made of, and what can be changed in them. Nothing here makes any. Source: storage/validation. */

interface Term {
  /** Values are written as null where there are none. */
  matchLabelExpressions?: { key?: string; values?: string[] | null }[];
}

interface StorageClass {
  provisioner?: string;
  parameters?: Record<string, string>;
  reclaimPolicy?: string;
  volumeBindingMode?: string;
  allowedTopologies?: Term[];
}

const classOf = (object: Unstructured): StorageClass => object as StorageClass;

export const storageClassStrategy: Strategy = {
  returnsDeletedObject: true,
  validate(object) {
    const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = classOf(object);
    return [
      ...validateDriver('provisioner', provisioner),
      ...validateParameters(parameters ?? {}),
      ...(reclaimPolicy ? mayBeOneOf('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']) : []),
      ...mayBeOneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
      ...validateTopologies(allowedTopologies),
    ];
  },
  validateUpdate: (object, old) =>
    FIXED.flatMap((name) =>
      isDeepStrictEqual(classOf(object)[name], classOf(old)[name])
        ? []
        : [invalid(name, classOf(object)[name] ?? null, 'field is immutable')],
    ),
  warningsOf: (object) => topologyWarnings(classOf(object).allowedTopologies ?? []),
};

const FIXED = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const;

export const attributesClassStrategy: Strategy = {
  returnsDeletedObject: true,
  validate(object) {
    const { driverName, parameters = {} } = object as { driverName?: string; parameters?: Record<string, string> };
    const isEmpty = Object.keys(parameters).length === 0;
    return [
      ...validateDriver('driverName', driverName),
      ...validateParameters(parameters),
      ...(isEmpty ? [required('parameters', 'must contain at least one key/value pair')] : []),
    ];
  },
  validateUpdate: (object, old) =>
    ['driverName', 'parameters'].flatMap((name) =>
      isDeepStrictEqual(object[name], old[name]) ? [] : [forbidden(name, `updates to ${name} are forbidden.`)],
    ),
};

const validateDriver = (field: string, name = ''): StatusCause[] =>
  name === '' ? [required(field)] : causesOf(field, name.toLowerCase(), isQualifiedName(name.toLowerCase()));

const MAX_PARAMETERS = 512;
const MAX_PARAMETERS_SIZE = 256 * 1024;

function validateParameters(parameters: Record<string, string>): StatusCause[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLong('parameters', MAX_PARAMETERS)];
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...('' in parameters ? [invalid('parameters', '', 'field can not be empty.')] : []),
    ...(size > MAX_PARAMETERS_SIZE ? [tooLong('parameters', MAX_PARAMETERS_SIZE)] : []),
  ];
}

/** Upstream compares each with one of nothing for each that there is, and then with those before it; and says of each that is the same. */
function validateTopologies(terms: readonly Term[]): StatusCause[] {
  const known: Record<string, string[]>[] = terms.map(() => ({}));
  return terms.flatMap((term, index) => {
    const values = valuesByKey(term);
    const same = known.filter((one) => isDeepStrictEqual(one, values));
    known.push(values);
    const field = `allowedTopologies[${index}].matchLabelExpressions`;
    return [...validateTerm(term, field), ...same.map(() => duplicate(field, ''))];
  });
}

const valuesByKey = ({ matchLabelExpressions = [] }: Term): Record<string, string[]> =>
  Object.fromEntries(matchLabelExpressions.map(({ key = '', values }) => [key, [...new Set(values)].sort()]));

function validateTerm({ matchLabelExpressions: expressions = [] }: Term, field: string): StatusCause[] {
  const hasKeyAgain = repeated(expressions.map(({ key = '' }) => key));
  return expressions.flatMap(({ key = '', values: given }, index) => {
    const values = given ?? [];
    const at = `${field}[${index}]`;
    const isAgain = repeated(values);
    return [
      ...(values.length === 0 ? [required(`${at}.values`)] : []),
      ...values.flatMap((value, place) => (isAgain[place] ? [duplicate(`${at}.values[${place}]`, value)] : [])),
      ...causesOf(`${at}.key`, key, isQualifiedName(key)),
      ...(hasKeyAgain[index] ? [duplicate(`${at}.key`, key)] : []),
    ];
  });
}

function topologyWarnings(terms: readonly Term[]): string[] {
  return terms.flatMap(({ matchLabelExpressions = [] }, index) =>
    matchLabelExpressions.flatMap(({ key = '' }, at) =>
      OLD_LABELS.has(key)
        ? [`allowedTopologies[${index}].matchLabelExpressions[${at}].key: ${OLD_LABELS.get(key)}`]
        : [],
    ),
  );
}
