import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { type PriorityClass, SYSTEM_PRIORITY_CLASSES } from '../../../shared/apis/scheduling/v1.ts';
import { isDnsLabel } from '../registry/object-names.ts';
import type { Strategy, WriteContext } from '../registry/strategy.ts';
import { duplicate, forbidden, invalid } from '../types/field-error.ts';
import { validateResources } from './pod-spec/container-resources.ts';
import { mustBeNamed, mustBeOneOf } from './pod-spec/field-rules.ts';
import { OLD_LABELS } from './pod-spec/old-labels.ts';
import { type Toleration, validateTolerations } from './pod-spec/scheduling.ts';
import { storedClasses } from './stored-classes.ts';
import { validateSelectorLabels } from './validate-label-selector.ts';

/** PriorityClasses and RuntimeClasses: what pods name that are to be scheduled first, or run otherwise. Nothing here schedules. Source: scheduling/validation, node/validation. */

const priorityOf = (object: Unstructured): Partial<PriorityClass> => object as Partial<PriorityClass>;

const MAX_PRIORITY = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
/** Also where nobody has stored them yet. */
export const SYSTEM_CLASSES: ReadonlyMap<string, number> = new Map(
  SYSTEM_PRIORITY_CLASSES.map(({ metadata, value }) => [metadata.name ?? '', value]),
);

export const priorityClassStrategy: Strategy = {
  prepareForCreate: checkDefault,
  prepareForUpdate: (object, _old, write) => checkDefault(object, write),
  checkDelete({ metadata: { name = '' } }) {
    if (SYSTEM_CLASSES.has(name)) throw refused(name, 'this is a system priority class and cannot be deleted');
  },
  validateCreate: (object) => validatePriority(object),
  validateUpdate(object, old) {
    const [next, before] = [priorityOf(object), priorityOf(old)];
    const { preemptionPolicy } = next;
    return [
      ...((next.value ?? 0) === (before.value ?? 0) ? [] : [forbidden('value', 'may not be changed in an update.')]),
      ...(preemptionPolicy === before.preemptionPolicy
        ? []
        : [invalid('preemptionPolicy', preemptionPolicy ?? null, 'field is immutable')]),
    ];
  },
};

const refused = (name: string, why: string): Error =>
  newForbidden({ group: 'scheduling.k8s.io', resource: 'priorityclasses', name }, why);

/** There is one class at most for pods that name none. */
function checkDefault(object: Unstructured, { registry }: WriteContext): void {
  if (!priorityOf(object).globalDefault) return;
  const { name = '' } = object.metadata;
  const others = storedClasses(registry, { group: 'scheduling.k8s.io', plural: 'priorityclasses' });
  const other = others.find((one) => priorityOf(one).globalDefault && one.metadata.name !== name);
  if (!other) return;
  throw refused(name, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
}

function validatePriority(object: Unstructured): StatusCause[] {
  const { value = 0, preemptionPolicy } = priorityOf(object);
  const isSystem = object.metadata.name?.startsWith(SYSTEM_PREFIX) ?? false;
  const tooHigh = `maximum allowed value of a user defined priority is ${MAX_PRIORITY}`;
  return [
    ...(isSystem ? validateSystem(object) : []),
    ...(!isSystem && value > MAX_PRIORITY ? [forbidden('value', tooHigh)] : []),
    ...mustBeOneOf('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']),
  ];
}

function validateSystem(object: Unstructured): StatusCause[] {
  const { value = 0, globalDefault = false } = priorityOf(object);
  const { name = '' } = object.metadata;
  const wanted = SYSTEM_CLASSES.get(name);
  const why =
    wanted === undefined
      ? `${name} is not a known system priority class`
      : wanted !== value
        ? `value of ${name} PriorityClass must be ${wanted}`
        : globalDefault && `globalDefault of ${name} PriorityClass must be false`;
  const text = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${why}`;
  return why ? [forbidden('metadata.name', text)] : [];
}

export interface RuntimeClass {
  handler?: string;
  overhead?: { podFixed?: Record<string, unknown> };
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: Toleration[] };
}

const runtimeOf = (object: Unstructured): RuntimeClass => object as RuntimeClass;

export const runtimeClassStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  allowsCreateOnUpdate: true,
  validate(object) {
    const { handler, overhead, scheduling = {} } = runtimeOf(object);
    const { nodeSelector = {}, tolerations = [] } = scheduling;
    return [
      ...mustBeNamed('handler', handler, isDnsLabel),
      ...(overhead ? validateResources({ limits: overhead.podFixed ?? {} }, new Set(), 'overhead') : []),
      ...validateSelectorLabels(nodeSelector, 'scheduling.nodeSelector'),
      ...validateTolerations(tolerations, 'scheduling.tolerations'),
      ...repeatedTolerations(tolerations, 'scheduling.tolerations'),
    ];
  },
  validateUpdate: (object, old) =>
    runtimeOf(object).handler === runtimeOf(old).handler
      ? []
      : [invalid('handler', runtimeOf(object).handler ?? '', 'field is immutable')],
  warningsOf: (object) =>
    Object.keys(runtimeOf(object).scheduling?.nodeSelector ?? {}).flatMap((key) =>
      OLD_LABELS.has(key) ? [`scheduling.nodeSelector: ${OLD_LABELS.get(key)}`] : [],
    ),
};

function repeatedTolerations(tolerations: readonly Toleration[], field: string): StatusCause[] {
  const seen = new Set<string>();
  return tolerations.flatMap((toleration, index) => {
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds: seconds } = toleration;
    const text = JSON.stringify([key, operator, value, effect]);
    const isAgain = seen.has(text);
    seen.add(text);
    // As Go shows its struct.
    const shown = { Key: key, Operator: operator, Value: value, Effect: effect, TolerationSeconds: seconds ?? null };
    return isAgain ? [duplicate(`${field}[${index}]`, shown)] : [];
  });
}
