import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import type { TypedSchema } from './merger.ts';

/**
 * What a kind has before anything is set. The built-in kinds are structs upstream: parts that can't be absent (`spec`, `template.metadata`) and
 * required fields (as null) are there from the start, so whoever creates the object does not come to own them as such. Parts are told by their schema:
 * a reference with the default `{}`; a CRD has no references.
 */
export function zeroObject({ schema, resolve }: TypedSchema, { apiVersion, kind }: Unstructured): Unstructured {
  const metadata = schema.properties?.['metadata'];
  const isBuiltin = metadata !== undefined && isPart(metadata, resolve);
  const odd = ODD_ZEROS[`${apiVersion} ${kind}`] ?? {};
  const zero = isBuiltin ? laidOver(zeroOf(schema, resolve), odd) : {};
  return {
    ...zero,
    apiVersion,
    kind,
    metadata: isJsonObject(zero['metadata']) ? zero['metadata'] : {},
  } as Unstructured;
}

/** Where upstream's types write something else than their schemas say: fields that are neither parts nor required, or are left out although they are. */
const ODD_ZEROS: Readonly<Record<string, OddZero>> = {
  'v1 Event': {
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  },
  'events.k8s.io/v1 Event': {
    deprecatedSource: {},
    deprecatedFirstTimestamp: null,
    deprecatedLastTimestamp: null,
    eventTime: null,
  },
  'rbac.authorization.k8s.io/v1 Role': { rules: null },
  'rbac.authorization.k8s.io/v1 ClusterRole': { rules: null },
  'rbac.authorization.k8s.io/v1 RoleBinding': { roleRef: { apiGroup: '' } },
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': { roleRef: { apiGroup: '' } },
  'apps/v1 ControllerRevision': { data: null },
  'apps/v1 StatefulSet': { spec: { serviceName: '' }, status: { availableReplicas: 0 } },
  'authentication.k8s.io/v1 TokenRequest': { spec: { boundObjectRef: null } },
  'autoscaling/v2 HorizontalPodAutoscaler': { status: { currentMetrics: null } },
  'certificates.k8s.io/v1 CertificateSigningRequest': { spec: { request: null } },
  'networking.k8s.io/v1 IPAddress': { spec: { parentRef: undefined } },
  'policy/v1 PodDisruptionBudget': {
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  },
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': {
    spec: { policyName: undefined, validationActions: undefined },
  },
  'apiextensions.k8s.io/v1 CustomResourceDefinition': { status: { conditions: null, storedVersions: null } },
  'scheduling.k8s.io/v1 PriorityClass': { value: 0 },
  'discovery.k8s.io/v1 EndpointSlice': { endpoints: null, ports: null },
  'resource.k8s.io/v1 ResourceClaim': { spec: { devices: { requests: null } } },
  'resource.k8s.io/v1 ResourceClaimTemplate': { spec: { spec: { devices: { requests: null } } } },
  'flowcontrol.apiserver.k8s.io/v1 FlowSchema': { spec: { matchingPrecedence: 0 } },
};

interface OddZero {
  readonly [name: string]: OddZero | string | number | null | undefined;
}

/** One object over another; what is undefined is taken away. */
export function laidOver(under: JsonObject, over: OddZero): JsonObject {
  const out = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const known = out[name];
    if (value === undefined) delete out[name];
    else if (typeof value === 'object' && value !== null) out[name] = laidOver(isJsonObject(known) ? known : {}, value);
    else out[name] = value;
  }
  return out;
}

function zeroOf(schema: Schema, resolve: SchemaResolver): JsonObject {
  const out: JsonObject = {};
  const required = new Set(schema.required);
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (isPart(field, resolve)) out[name] = zeroOf(resolve(field), resolve);
    else if (required.has(name)) out[name] = zeroValue(field, resolve);
  }
  return out;
}

/** Lists, maps, times and pointers are null, everything else is Go's zero. */
function zeroValue(field: Schema, resolve: SchemaResolver): unknown {
  if (field.default !== undefined && !isJsonObject(field.default)) return field.default;
  const { type, format } = resolve(field);
  if (type === 'string') return format === 'date-time' ? null : '';
  if (type === 'boolean') return false;
  return type === 'integer' || type === 'number' ? 0 : null;
}

function isPart(field: Schema, resolve: SchemaResolver): boolean {
  if (!field.$ref || !isJsonObject(field.default) || Object.keys(field.default).length > 0) return false;
  return resolve(field).properties !== undefined;
}
