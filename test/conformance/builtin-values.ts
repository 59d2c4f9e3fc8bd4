/** Random values of built-in types, from the table of types: most fit, many are what no validation takes. */

import fc from 'fast-check';
import { resolveBuiltin } from '../../shared/apis/builtin/definitions.ts';
import type { Schema } from '../../shared/apis/schema.ts';
import type { Body } from './objects.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** What a field of this name may be, where it is not any text. */
const known: Readonly<Record<string, readonly string[]>> = {
  accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'],
  action: ['Count', 'FailJob', 'Ignore', 'FailIndex'],
  addressType: ['IPv4', 'IPv6', 'FQDN'],
  completionMode: ['Indexed', 'NonIndexed'],
  concurrencyPolicy: ['Allow', 'Forbid', 'Replace'],
  dnsPolicy: ['ClusterFirst', 'Default', 'None'],
  effect: ['NoExecute', 'NoSchedule', 'PreferNoSchedule'],
  externalTrafficPolicy: ['Cluster', 'Local'],
  failurePolicy: ['Fail', 'Ignore'],
  fsGroupPolicy: ['File', 'None', 'ReadWriteOnceWithFSType'],
  imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
  internalTrafficPolicy: ['Cluster', 'Local'],
  ip: ['10.0.0.1', '127.0.0.1', '2001:db8::1'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: ['PreferDualStack', 'RequireDualStack', 'SingleStack'],
  kind: ['User', 'Group', 'ServiceAccount', 'Deployment', 'ConfigMap'],
  matchPolicy: ['Equivalent', 'Exact'],
  operations: ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'],
  operator: ['DoesNotExist', 'Equal', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'],
  parameterNotFoundAction: ['Allow', 'Deny'],
  pathType: ['Exact', 'Prefix', 'ImplementationSpecific'],
  path: ['/', '/a', '/a/../b', 'a', '..'],
  persistentVolumeReclaimPolicy: ['Delete', 'Recycle', 'Retain'],
  phase: ['Active', 'Available', 'Bound', 'Failed', 'Pending', 'Released', 'Running', 'Succeeded', 'Terminating'],
  podCIDRs: ['10.1.0.0/16'],
  podManagementPolicy: ['OrderedReady', 'Parallel'],
  podReplacementPolicy: ['Failed', 'TerminatingOrFailed'],
  policyTypes: ['Egress', 'Ingress'],
  preemptionPolicy: ['Never', 'PreemptLowerPriority'],
  protocol: ['SCTP', 'TCP', 'UDP'],
  reclaimPolicy: ['Delete', 'Recycle', 'Retain'],
  reinvocationPolicy: ['IfNeeded', 'Never'],
  restartPolicy: ['Always', 'Never', 'OnFailure'],
  schedule: ['0 * * * *', '@daily', '@every 5m', '* * * *', 'TZ=UTC 0 0 * * *'],
  scope: ['*', 'Cluster', 'Namespaced', 'Namespace'],
  scopeName: ['BestEffort', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating'],
  scopes: ['BestEffort', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating'],
  selectPolicy: ['Disabled', 'Max', 'Min'],
  sessionAffinity: ['ClientIP', 'None'],
  sideEffects: ['None', 'NoneOnDryRun', 'Some', 'Unknown'],
  status: ['True', 'False', 'Unknown'],
  timeZone: ['Etc/UTC', 'Europe/Berlin', 'Local', 'Odd/Zone'],
  type: ['ClusterIP', 'Pod', 'Container', 'RollingUpdate', 'OnDelete', 'Recreate', 'Resource', 'Ready', 'Utilization'],
  unhealthyPodEvictionPolicy: ['AlwaysAllow', 'IfHealthyBudget'],
  usages: ['client auth', 'server auth', 'digital signature'],
  validationActions: ['Audit', 'Deny', 'Warn'],
  verbs: ['get', '*', 'list'],
  volumeBindingMode: ['Immediate', 'WaitForFirstConsumer'],
  volumeLifecycleModes: ['Ephemeral', 'Persistent'],
  volumeMode: ['Block', 'Filesystem'],
  whenDeleted: ['Delete', 'Retain'],
  whenScaled: ['Delete', 'Retain'],
  whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'],
};

/** Where others than these are told in other words, or not kept for being new (see the list of intended differences). */
const plain: Readonly<Record<string, readonly unknown[]>> = {
  expression: ['true', 'false'],
  messageExpression: ["'a'"],
  valueExpression: ["'a'"],
};
const NEW_FIELDS = [
  ...['iscsi', 'quobyte', 'azureDisk', 'fc', 'rbd', 'storageos', 'scaleIO', 'flocker', 'photonPersistentDisk'],

  'schedulingGroup',
  'stopSignal',
  'podCertificate',
  'clusterTrustBundle',
  'preventPodSchedulingIfMissing',
];

const words = ['a', 'x', 'app', 'example.com/a', 'a.example.com', 'A b', '', '-a', '80', 'ü', `a${'b'.repeat(63)}`];
const keys = ['app', 'a', 'example.com/k', 'A b', '', 'cpu', 'memory', 'storage', 'pods'];
const counts = [0, 1, 2, 3, 5, 10, 80, 100, 600, -1, 65_536, 3_000_000_000];
const quantities: readonly unknown[] = ['1', '1Gi', '500m', '0', '-1', '1.5', '2Ki', 1, 'x', '1e3', '3000000000000Ti'];
const formats: Readonly<Record<string, readonly unknown[]>> = {
  byte: ['', 'eA==', 'eHk=', 'x'],
  'date-time': ['2020-01-01T00:00:00Z', '2020-01-01T01:00:00+01:00', '2020-01-01T00:00:00.5Z', 'now', ''],
  'int-or-string': [0, 1, 80, '50%', '101%', 'http', '', '-1', -1],
};
const wrong = pick<unknown>(null, null, null, 'x', 5, 1.5, true, {}, [], [null], ['x'], { a: null });

/** Deeper than this nothing more is made. */
const DEPTH = 4;

function scalar({ type, format, ...rest }: Schema, name: string): fc.Arbitrary<unknown> {
  if (format && formats[format]) return pick(...(formats[format] as unknown[]));
  if (rest['x-kubernetes-int-or-string']) return pick(...quantities);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') return pick(...counts);
  if (type !== 'string') return pick<unknown>({ a: 1 }, 'x', [1], { kind: 'K' });
  const only = plain[name];
  if (only) return pick(...only);
  const own = known[name];
  if (!own) return pick(...words);
  return fc.oneof({ weight: 6, arbitrary: pick(...own) }, { weight: 1, arbitrary: pick('', 'Odd', 'a b') });
}

/** Any value of the type, or now and then something else. */
function valueFor(given: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
  const schema = resolveBuiltin(given);
  return fc.oneof({ weight: 25, arbitrary: fitting(schema, name, depth) }, { weight: 1, arbitrary: wrong });
}

function fitting(schema: Schema, name: string, depth: number): fc.Arbitrary<unknown> {
  const { type, items, properties, additionalProperties, required = [] } = schema;
  if (type === 'array') return fc.array(valueFor(items ?? {}, name, depth - 1), { maxLength: 2 });
  if (typeof additionalProperties === 'object')
    return fc.dictionary(pick(...keys), valueFor(additionalProperties, name, depth - 1), { maxKeys: 2 });
  if (!properties || schema['x-kubernetes-preserve-unknown-fields']) return scalar(schema, name);
  const [needed, others] = [required, namesOf(properties).filter((own) => !required.includes(own))];
  const some = depth <= 0 ? fc.constant<string[]>([]) : fc.subarray(others, { maxLength: Math.min(others.length, 2) });
  const most = fc.oneof({ weight: 5, arbitrary: fc.constant(needed) }, fc.subarray([...needed]));
  return fc.tuple(most, some).chain(([one, two]) => fieldsOf(properties, [...one, ...two], depth));
}

const namesOf = (properties: Record<string, Schema>): string[] =>
  Object.keys(properties).filter((name) => !NEW_FIELDS.includes(name));

function fieldsOf(properties: Record<string, Schema>, names: readonly string[], depth: number): fc.Arbitrary<Body> {
  const fields = names.map((own): [string, fc.Arbitrary<unknown>] => [
    own,
    valueFor(properties[own] ?? {}, own, depth - 1),
  ]);
  return fc.record(Object.fromEntries(fields));
}

const isMap = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is to be laid over an object that is there, as a merge patch: a field or two of it, often deep inside. */
export function editOf(given: Schema, there: unknown, name: string, depth = DEPTH + 2): fc.Arbitrary<unknown> {
  const schema = resolveBuiltin(given);
  const anything = valueFor(schema, name, DEPTH - 1);
  if (depth <= 0) return anything;
  if (schema.type === 'array' && Array.isArray(there) && there.length > 0) return itemsOf(schema, there, name, depth);
  if (!schema.properties || (there !== undefined && !isMap(there))) return anything;
  const { properties } = schema;
  const own = isMap(there) ? there : {};
  const present = Object.keys(properties).filter((field) => field in own && isDeep(properties[field] ?? {}));
  const some = fc.constantFrom(...namesOf(properties));
  const one = (field: string): fc.Arbitrary<Body> =>
    editOf(properties[field] ?? {}, own[field], field, depth - 1).map((value) => ({ [field]: value }));
  const deeper = present.length === 0 ? some : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...present) }, some);
  return fc.oneof(
    { weight: 4, arbitrary: deeper.chain(one) },
    { weight: 1, arbitrary: fc.tuple(deeper.chain(one), some.chain(one)).map(([a, b]) => ({ ...a, ...b })) },
  );
}

const isDeep = (given: Schema): boolean => ['object', 'array'].includes(resolveBuiltin(given).type ?? '');

/** The list again, with a change in its first item, or an item more. */
function itemsOf(schema: Schema, there: unknown[], name: string, depth: number): fc.Arbitrary<unknown> {
  const [first, ...others] = there;
  const changed = editOf(schema.items ?? {}, first, name, depth - 1).map((edit) => [laidOver(first, edit), ...others]);
  const longer = valueFor(schema.items ?? {}, name, DEPTH - 2).map((more) => [...there, more]);
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: longer },
    valueFor(schema, name, DEPTH - 1),
  );
}

/** As a merge patch is, but nulls stay. */
export function laidOver(base: unknown, edit: unknown): unknown {
  if (!isMap(base) || !isMap(edit)) return edit;
  const result: Body = { ...base };
  for (const [name, value] of Object.entries(edit)) result[name] = laidOver(result[name], value);
  return result;
}

/** Without what is empty: whether that counts as a change is up to each kind upstream, and not compared. */
export function withoutEmpties(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpties).filter((item) => !isEmpty(item));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => [name, withoutEmpties(item)]);
  return Object.fromEntries(entries.filter(([, item]) => !isEmpty(item)));
}

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
