import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { canonicalQuantity, compareQuantities } from '../../../../shared/apis/quantity.ts';
import { causesOf, isDnsLabel, isQualifiedName } from '../../registry/object-names.ts';
import { duplicate, forbidden, invalid, notFound, required } from '../../types/field-error.ts';
import { NEGATIVE_TEXT } from './field-rules.ts';

/** What a container asks for and may use at most. Source: core/validation, validateResourceRequirements. */

export interface Resources {
  limits?: Record<string, unknown>;
  requests?: Record<string, unknown>;
  claims?: { name?: string; request?: string }[];
}

const OF_CONTAINERS = ['cpu', 'memory', 'ephemeral-storage'];
/** What quotas count too. */
const STANDARD = [
  ...OF_CONTAINERS,
  ...OF_CONTAINERS.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  ...['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'storage', 'requests.storage', 'services.nodeports', 'services.loadbalancers'],
];

const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
const isCountedHugePages = (name: string): boolean => isHugePages(name) || name.startsWith('requests.hugepages-');
/** What a quota can limit by a name without a domain. */
export const isQuotaResource = (name: string): boolean =>
  (STANDARD.includes(name) && name !== 'storage') || isCountedHugePages(name);
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;
/** More may be promised of it than there is. */
export const isOvercommitted = (name: string): boolean => isNative(name) && !isHugePages(name);

export const shownQuantity = (quantity: unknown): string => canonicalQuantity(String(quantity)) ?? String(quantity);

type NameRule = (name: string, field: string) => StatusCause[];

/** `nameRule`: what can be asked for there. */
export function validateResources(
  resources: Resources,
  claims: ReadonlySet<string>,
  field: string,
  nameRule: NameRule = containerResourceNameCauses,
): StatusCause[] {
  const { limits = {}, requests = {} } = resources;
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const isHugeAlone = names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory');
  return [
    ...validateList(limits, `${field}.limits`, nameRule),
    ...validateList(requests, `${field}.requests`, nameRule),
    ...Object.entries(requests).flatMap(([name, request]) =>
      validateRequest({ name, request, limit: Object.hasOwn(limits, name) ? limits[name] : undefined }, field),
    ),
    ...(isHugeAlone ? [forbidden(field, 'HugePages require cpu or memory')] : []),
    ...validateClaims(resources.claims ?? [], claims, `${field}.claims`),
  ];
}

function validateList(list: Record<string, unknown>, field: string, nameRule: NameRule): StatusCause[] {
  return Object.entries(list).flatMap(([name, quantity]) => {
    const at = `${field}[${name}]`;
    return [
      ...nameRule(name, at),
      ...(compareQuantities(quantity, '0') < 0 ? [invalid(at, shownQuantity(quantity), NEGATIVE_TEXT)] : []),
      ...(isInPieces(name) && !isWhole(quantity) ? [invalid(at, shownQuantity(quantity), 'must be an integer')] : []),
    ];
  });
}

/** What is counted in pieces, besides what others define. */
const PIECES = [
  ...['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps'],
  ...['persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'],
];
export const isInPieces = (name: string): boolean => PIECES.includes(name) || isExtended(name);

export const isWhole = (quantity: unknown): boolean => !/[mun]$/.test(shownQuantity(quantity));

/** Of any resource, wherever it is counted. */
export function resourceNameCauses(name: string, field: string): StatusCause[] {
  const malformed = causesOf(field, name, isQualifiedName(name));
  const isKnown = name.includes('/') || STANDARD.includes(name) || isCountedHugePages(name);
  if (malformed.length > 0 || isKnown) return malformed;
  return [invalid(field, name, 'must be a standard resource type or fully qualified')];
}

/** Of what a container can ask for. */
export function containerResourceNameCauses(name: string, field: string): StatusCause[] {
  const causes = resourceNameCauses(name, field);
  if (name.includes('/')) {
    const isKnown = isNative(name) || isExtended(name);
    return isKnown ? causes : [...causes, invalid(field, name, "doesn't follow extended resource name standard")];
  }
  const isOfContainers = OF_CONTAINERS.includes(name) || isHugePages(name);
  return isOfContainers ? causes : [...causes, invalid(field, name, 'must be a standard resource for containers')];
}

interface Request {
  name: string;
  request: unknown;
  limit: unknown;
}

function validateRequest({ name, request, limit }: Request, field: string): StatusCause[] {
  const mayDiffer = isOvercommitted(name);
  if (limit === undefined) {
    return mayDiffer ? [] : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const order = compareQuantities(request, limit);
  const [isFine, relation] = mayDiffer ? [order <= 0, 'less than or equal to'] : [order === 0, 'equal to'];
  if (isFine) return [];
  return [
    invalid(
      `${field}.requests`,
      shownQuantity(request),
      `must be ${relation} ${name} limit of ${shownQuantity(limit)}`,
    ),
  ];
}

function unknownClaim(field: string, name: string, claims: ReadonlySet<string>): StatusCause {
  const cause = notFound(field, name);
  return { ...cause, message: `${cause.message}: must be one of the names in pod.spec.resourceClaims${shown(claims)}` };
}

const texts = new WeakMap<ReadonlySet<string>, string>();

/** The names are put in order once for all who use others. */
function shown(claims: ReadonlySet<string>): string {
  const text = texts.get(claims) ?? (claims.size === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`);
  texts.set(claims, text);
  return text;
}

/** One that is used as a whole, which has no request, is used in all its parts. */
function validateClaims(
  uses: NonNullable<Resources['claims']>,
  claims: ReadonlySet<string>,
  field: string,
): StatusCause[] {
  const requests = new Map<string, Set<string>>();
  return uses.flatMap(({ name = '', request = '' }, index) => {
    const at = `${field}[${index}]`;
    if (name === '') return [required(at)];
    const before = requests.get(name) ?? new Set();
    const isPart = request !== '' && !before.has('');
    const isAgain = before.has('') || before.has(request) || (request === '' && before.size > 0);
    requests.set(name, before.add(request));
    return [
      ...(isPart ? causesOf(`${at}.request`, request, isDnsLabel(request)) : []),
      ...(isAgain ? [duplicate(at, isPart ? `${name}/${request}` : name)] : []),
      ...(claims.has(name) ? [] : [unknownClaim(at, name, claims)]),
    ];
  });
}
