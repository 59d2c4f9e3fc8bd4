import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { PriorityClass } from '../../../shared/apis/scheduling/v1.ts';
import { isEqual, ownValue } from '../merge/json-value.ts';
import type { Registry } from '../registry/registry.ts';
import { dropEmpty } from '../types/defaults/set-default.ts';
import { type RuntimeClass, SYSTEM_CLASSES } from './classes-of-pods.ts';
import { mergedTolerations } from './merged-tolerations.ts';
import { storedClass, storedClasses } from './stored-classes.ts';
import type { PodSpec, Toleration } from './validate-pod-spec.ts';

/**
 * What upstream's admission gives every new pod: the priority of its class, five minutes on a node that is lost, and what its runtime needs. Throws 403.
 * Source: kubernetes, plugin/pkg/admission: priority, defaulttolerationseconds, runtimeclass.
 */
export function admitNewPod(pod: Unstructured, registry: Registry): void {
  pod['spec'] = { ...(pod['spec'] as PodSpec | undefined), ...priorityOf(pod, registry) };
  const spec = pod['spec'] as PodSpec;
  spec.tolerations = withLostNodes(spec.tolerations ?? []);
  admitRuntime(pod, spec, registry);
}

/** What a writer of a pod leaves out of it stays. */
export function admitChangedPod(pod: Unstructured, old: Unstructured): void {
  const { priority, preemptionPolicy } = { ...(old['spec'] as PodSpec | undefined) };
  const spec: PodSpec = { ...(pod['spec'] as PodSpec | undefined) };
  if (spec['priority'] === undefined && priority !== undefined) spec['priority'] = priority;
  if (spec.preemptionPolicy === undefined && preemptionPolicy !== undefined) spec.preemptionPolicy = preemptionPolicy;
  dropEmpty(spec, 'overhead');
  pod['spec'] = { ...spec, tolerations: withLostNodes(spec.tolerations ?? []) };
}

const refused = ({ metadata: { name = '' } }: Unstructured, why: string): Error =>
  newForbidden({ resource: 'pods', name }, why);

interface Priority {
  priority: number;
  preemptionPolicy: string;
  priorityClassName?: string;
}

const KIND = { group: 'scheduling.k8s.io', plural: 'priorityclasses' };

function priorityOf(pod: Unstructured, registry: Registry): Priority {
  const { priority: said, preemptionPolicy: policy, priorityClassName } = { ...(pod['spec'] as PodSpec | undefined) };
  const name = priorityClassName || defaultName(registry);
  const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = name ? classOf(pod, name, registry) : {};
  const computed = (what: string, given: unknown, by: unknown): Error => {
    const text = `must not be provided in pod spec; priority admission controller computed ${by} from the given PriorityClass name`;
    return refused(pod, `the ${what} (${given}) ${text}`);
  };
  if (typeof said === 'number' && said !== value) throw computed('integer value of priority', said, value);
  if (policy !== undefined && policy !== preemptionPolicy)
    throw computed('string value of PreemptionPolicy', policy, preemptionPolicy);
  return { priority: value, preemptionPolicy, ...(name ? { priorityClassName: name } : {}) };
}

/** Of several that are for everybody the lowest. */
function defaultName(registry: Registry): string | undefined {
  const defaults = storedClasses(registry, KIND).filter((one) => (one as Partial<PriorityClass>).globalDefault);
  const value = (one: Unstructured): number => (one as Partial<PriorityClass>).value ?? 0;
  return defaults.sort((a, b) => value(a) - value(b))[0]?.metadata.name;
}

/** Two are known although nobody made them. */
function classOf(pod: Unstructured, name: string, registry: Registry): Partial<PriorityClass> {
  const stored = storedClass(registry, KIND, name) as Partial<PriorityClass> | undefined;
  const value = SYSTEM_CLASSES.get(name);
  const found = stored ?? (value === undefined ? undefined : { value });
  if (!found) throw refused(pod, `no PriorityClass with name ${name} was found`);
  return found;
}

const LOST_NODE_KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

function withLostNodes(own: Toleration[]): Toleration[] {
  const isTolerated = (key: string): boolean =>
    own.some((one) => (!one.key || one.key === key) && (!one.effect || one.effect === 'NoExecute'));
  const missing = LOST_NODE_KEYS.filter((key) => !isTolerated(key));
  return [...own, ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))];
}

/** A runtime takes resources itself, and is not on every node. */
function admitRuntime(pod: Unstructured, spec: PodSpec, registry: Registry): void {
  const runtime = runtimeOf(pod, spec, registry);
  const fixed = runtime?.overhead && (runtime.overhead.podFixed ?? {});
  const alone = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
  const other = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
  if (!fixed && spec.overhead !== undefined) throw refused(pod, alone);
  if (fixed && Object.keys(spec.overhead ?? {}).length > 0 && !isEqual(fixed, spec.overhead)) throw refused(pod, other);
  if (fixed) spec.overhead = fixed;
  const { nodeSelector, tolerations = [] } = runtime?.scheduling ?? {};
  for (const [key, value] of Object.entries(nodeSelector ?? {})) {
    const own = ownValue(spec.nodeSelector ?? {}, key);
    const place = `nodeSelector[${key}]`;
    if (own !== undefined && own !== value)
      throw refused(pod, `conflict: runtimeClass.scheduling.${place} = ${value}; pod.spec.${place} = ${own}`);
  }
  if (nodeSelector) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  if (runtime?.scheduling) spec.tolerations = mergedTolerations([...(spec.tolerations ?? []), ...tolerations]);
}

function runtimeOf(
  pod: Unstructured,
  { runtimeClassName: name }: PodSpec,
  registry: Registry,
): RuntimeClass | undefined {
  if (!name) return undefined;
  const found = storedClass(registry, { group: 'node.k8s.io', plural: 'runtimeclasses' }, name);
  if (!found) throw refused(pod, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  return found as RuntimeClass;
}
