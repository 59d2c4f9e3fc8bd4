import {
  BOOL,
  type CelType,
  DYN,
  INT,
  listOf,
  mapOf,
  namedType,
  objectOf,
  STRING,
  TIMESTAMP,
} from '../cel/cel-type.ts';
import type { Library } from '../cel/library.ts';

/** The variables of admission expressions, and their types. Source: k8s.io/apiserver, `pkg/admission/plugin/cel/compile.go`. */
export interface Declared {
  hasParams: boolean;
  hasAuthorizer: boolean;
  /** The types of the policy's own variables, as they become known; absent where there are none. */
  own?: ReadonlyMap<string, CelType>;
  /** The types of `object` and `oldObject`, and of `params`, where they are known. */
  object?: CelType;
  params?: CelType;
  /** What expressions may name besides. */
  library?: Library;
}

export function variableTypes({ hasParams, hasAuthorizer, own, object, params }: Declared): Map<string, CelType> {
  const variables = new Map<string, CelType>([
    ['object', object ?? DYN],
    ['oldObject', object ?? DYN],
    ['namespaceObject', NAMESPACE],
    ['request', REQUEST],
  ]);
  if (hasParams) variables.set('params', params ?? DYN);
  if (hasAuthorizer) {
    variables.set('authorizer', namedType('object', 'kubernetes.authorization.Authorizer'));
    variables.set('authorizer.requestResource', namedType('object', 'kubernetes.authorization.ResourceCheck'));
  }
  if (own)
    variables.set(
      'variables',
      objectOf('kubernetes.variables', (name) => own.get(name)),
    );
  return variables;
}

/** What other expressions know of a variable: plain types, and lists and maps of them. */
export function variableType(type: CelType | undefined): CelType {
  switch (type?.kind) {
    case 'bool':
    case 'bytes':
    case 'double':
    case 'duration':
    case 'int':
    case 'null':
    case 'string':
    case 'timestamp':
    case 'uint':
      return type;
    case 'list':
    case 'map':
      return { ...type, params: type.params.map(variableType) };
    default:
      return DYN;
  }
}

const struct = (name: string, fields: Readonly<Record<string, CelType>>): CelType =>
  objectOf(`kubernetes.${name}`, (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined));

const KIND = struct('GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = struct('GroupVersionResource', { group: STRING, version: STRING, resource: STRING });
const USER = struct('UserInfo', {
  username: STRING,
  uid: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
});

const REQUEST = struct('AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});

const NAMESPACE = struct('Namespace', {
  metadata: struct('NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: struct('NamespaceSpec', { finalizers: listOf(STRING) }),
  status: struct('NamespaceStatus', {
    conditions: listOf(
      struct('NamespaceCondition', {
        status: STRING,
        type: STRING,
        lastTransitionTime: TIMESTAMP,
        message: STRING,
        reason: STRING,
      }),
    ),
    phase: STRING,
  }),
});
