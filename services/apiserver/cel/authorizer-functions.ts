import { isDnsLabel, isDnsSubdomain } from '../registry/object-names.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, Opaque } from './cel-value.ts';

/** What expressions ask about rights: `authorizer.group('').resource('pods').check('get').allowed()`. Source: k8s.io/apiserver, `pkg/cel/library/authz.go`. */

const AUTHORIZER_TYPE = 'kubernetes.authorization.Authorizer';
const PATH_TYPE = 'kubernetes.authorization.PathCheck';
const GROUP_TYPE = 'kubernetes.authorization.GroupCheck';
const RESOURCE_TYPE = 'kubernetes.authorization.ResourceCheck';
const DECISION_TYPE = 'kubernetes.authorization.Decision';

export interface ResourceAttributes {
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
}

/** What somebody may do; `serviceAccount` asks about another one. */
export interface Asker {
  mayVisit: (path: string, verb: string) => Decision;
  may: (verb: string, attributes: ResourceAttributes) => Decision;
  serviceAccount: (namespace: string, name: string) => Asker;
}

interface Decision {
  allowed: boolean;
  reason: string;
}

/** The variable `authorizer`, with `authorizer.requestResource`. */
export function authorizerValue(asker: Asker, request: ResourceAttributes): Opaque {
  return new Opaque(AUTHORIZER_TYPE, asker, { requestResource: new Opaque(RESOURCE_TYPE, { asker, ...request }) });
}

type ResourceCheck = ResourceAttributes & { asker: Asker };

/** Called on a value of a type. */
const on =
  <Of>(type: string, run: (value: Of, ...texts: string[]) => CelValue): CelFunction =>
  (value, ...args) => {
    if (!(value instanceof Opaque) || value.type !== type) return undefined;
    const texts = args.filter((arg) => typeof arg === 'string');
    return texts.length === args.length ? run(value.value as Of, ...texts) : undefined;
  };

const filled = (text: string, what: string): string => {
  if (text.trim() === '') throw new CelError(`${what} must not be empty`);
  return text;
};

function serviceAccount(asker: Asker, namespace = '', name = ''): Opaque {
  if (isDnsSubdomain(name).length > 0) throw new CelError('Invalid service account name');
  if (isDnsLabel(namespace).length > 0) throw new CelError('Invalid service account namespace');
  return new Opaque(AUTHORIZER_TYPE, asker.serviceAccount(namespace, name));
}

const resourceWith = (change: (text: string) => Partial<ResourceAttributes>): CelFunction =>
  on<ResourceCheck>(RESOURCE_TYPE, (check, text = '') => new Opaque(RESOURCE_TYPE, { ...check, ...change(text) }));

const ofDecision = (run: (decision: Decision) => CelValue): CelFunction => on<Decision>(DECISION_TYPE, run);

const decided = (decision: Decision): Opaque => new Opaque(DECISION_TYPE, decision);

const checkPath = on<{ asker: Asker; path: string }>(PATH_TYPE, ({ asker, path }, verb = '') =>
  decided(asker.mayVisit(path, verb)),
);
const checkResource = on<ResourceCheck>(RESOURCE_TYPE, ({ asker, ...attributes }, verb = '') =>
  decided(asker.may(verb, attributes)),
);

export const authorizerFunctions: CelFunctions = {
  path: on<Asker>(AUTHORIZER_TYPE, (asker, path = '') => new Opaque(PATH_TYPE, { asker, path: filled(path, 'path') })),
  group: on<Asker>(AUTHORIZER_TYPE, (asker, group = '') => new Opaque(GROUP_TYPE, { asker, group })),
  serviceAccount: on<Asker>(AUTHORIZER_TYPE, serviceAccount),
  resource: on<{ asker: Asker; group: string }>(
    GROUP_TYPE,
    (of, resource = '') =>
      new Opaque(RESOURCE_TYPE, {
        ...of,
        resource: filled(resource, 'resource'),
        subresource: '',
        namespace: '',
        name: '',
      }),
  ),
  subresource: resourceWith((subresource) => ({ subresource })),
  namespace: resourceWith((namespace) => ({ namespace })),
  name: resourceWith((name) => ({ name })),
  /** Rights here depend on no selector. */
  fieldSelector: resourceWith(() => ({})),
  labelSelector: resourceWith(() => ({})),
  check: (value, verb = null) => checkPath(value ?? null, verb) ?? checkResource(value ?? null, verb),
  errored: ofDecision(() => false),
  error: ofDecision(() => ''),
  allowed: ofDecision(({ allowed }) => allowed),
  reason: ofDecision(({ reason }) => reason),
};
