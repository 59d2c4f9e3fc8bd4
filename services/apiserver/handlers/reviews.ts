import type {
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewStatus,
} from '../../../shared/apis/authorization/v1.ts';
import { newBadRequest, newInvalid, newPathNotFound, StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { ObjectMeta, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import { InvalidCredentialError, type TokenAuthenticator } from '../authn/authenticator.ts';
import { tokenAudiences } from '../authn/service-account-token.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { aggregate, rulesFor } from '../authz/rbac-authorizer.ts';
import type { RbacReader } from '../authz/rbac-reader.ts';
import { authenticated } from '../middleware/authentication.ts';
import { answerWith, newNoList } from '../registry/answer.ts';
import { negotiateUnstored } from '../registry/negotiation.ts';
import { partialMetadata } from '../registry/partial-metadata.ts';
import { timestamp } from '../registry/registry.ts';
import type { Handler, RequestContext, RequestInfo } from '../request.ts';
import { invalid } from '../types/field-error.ts';
import { readUnstored } from './read-unstored.ts';
import { selectorCauses, selectorError } from './review-selectors.ts';
import { unstoredOwners } from './unstored-owners.ts';

/**
 * The kinds of authorization.k8s.io and authentication.k8s.io that are questions: a create is answered with the same object and its status, and
 * nothing is stored. Source: Kubernetes API reference.
 */

export interface ReviewDeps {
  authorize: Authorizer;
  rbac: RbacReader;
  /** For tokens that must be for one of `audiences`; absent: for the server. */
  authenticateToken: (audiences?: string[]) => TokenAuthenticator;
  /** The server's own audiences. */
  audiences: string[];
}

type Answer = (deps: ReviewDeps, review: Unstructured, context: RequestContext) => unknown;

interface ReviewKind {
  group: string;
  kind: string;
  namespaced?: boolean;
  /** Throws a `StatusError` for a question that makes no sense; returns the status. */
  answer: Answer;
}

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

const KINDS: Record<string, ReviewKind> = {
  subjectaccessreviews: { group: AUTHORIZATION, kind: 'SubjectAccessReview', answer: reviewSubject },
  localsubjectaccessreviews: {
    group: AUTHORIZATION,
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
    answer: reviewLocalSubject,
  },
  selfsubjectaccessreviews: { group: AUTHORIZATION, kind: 'SelfSubjectAccessReview', answer: reviewSelf },
  selfsubjectrulesreviews: { group: AUTHORIZATION, kind: 'SelfSubjectRulesReview', answer: reviewRules },
  selfsubjectreviews: { group: AUTHENTICATION, kind: 'SelfSubjectReview', answer: reviewWho },
  tokenreviews: { group: AUTHENTICATION, kind: 'TokenReview', answer: reviewToken },
};

/** The handler of a request that creates a review; undefined for every other request. There is nothing to be had by name. */
export function newReviewRoute(deps: ReviewDeps): (context: RequestContext) => Handler | undefined {
  return ({ info }) => {
    const { resource, group, version, verb, namespace, name } = info;
    const kind = Object.hasOwn(KINDS, resource) ? KINDS[resource] : undefined;
    if (kind?.group !== group || version !== 'v1') return undefined;
    if (name !== '' || (kind.namespaced ?? false) !== (namespace !== '')) throw newPathNotFound();
    return verb === 'create' ? newReviewHandler(deps, kind) : undefined;
  };
}

function newReviewHandler(deps: ReviewDeps, { group, kind, answer }: ReviewKind): Handler {
  return async (context) => {
    const { format, as, metaVersion } = negotiateUnstored(context);
    const review = await readUnstored(context, { group, version: 'v1', kind });
    const { namespace } = context.info;
    const metadata = namespace === '' ? review.metadata : { ...review.metadata, namespace };
    const status = await answer(deps, { ...review, metadata }, context);
    const owned = { ...metadata, ...writtenMetadata(context, review) };
    const reviewed = { ...review, ...echoed(review), metadata: owned, status };
    if (as === 'PartialObjectMetadataList') throw newNoList({ group, kind, source: 'builtin' });
    return answerWith(format, 201, as ? partialMetadata(reviewed, metaVersion) : reviewed);
  };
}

/** What upstream's registry writes on what it does not store: who asked, where the question comes back, else when. */
function writtenMetadata(context: RequestContext, review: Unstructured): Partial<ObjectMeta> {
  const now = timestamp(Date.now());
  if (review.kind === 'SelfSubjectReview') return { creationTimestamp: now };
  if (review.kind === 'SelfSubjectRulesReview') return {};
  return unstoredOwners(context, review);
}

/** Upstream sends the question back, except that of the rules. */
const echoed = ({ kind, spec }: Unstructured): object => ({ spec: kind === 'SelfSubjectRulesReview' ? {} : spec });

interface AccessSpec {
  resourceAttributes?: ResourceAttributes;
  nonResourceAttributes?: NonResourceAttributes;
  user?: string;
  groups?: string[];
  uid?: string;
  extra?: Record<string, string[]>;
}

function reviewSubject({ authorize }: ReviewDeps, review: Unstructured): SubjectAccessReviewStatus {
  const spec = accessSpecOf(review);
  check(review, [...attributeCauses(spec), ...subjectCauses(spec)]);
  return decide(authorize, subjectOf(spec), spec);
}

function reviewLocalSubject({ authorize }: ReviewDeps, review: Unstructured): SubjectAccessReviewStatus {
  const spec = accessSpecOf(review);
  check(review, [...localCauses(spec, review.metadata.namespace ?? ''), ...subjectCauses(spec)]);
  return decide(authorize, subjectOf(spec), spec);
}

function reviewSelf(
  { authorize }: ReviewDeps,
  review: Unstructured,
  { user }: RequestContext,
): SubjectAccessReviewStatus {
  const spec = accessSpecOf(review);
  check(review, attributeCauses(spec));
  return decide(authorize, user, spec);
}

function reviewRules({ rbac }: ReviewDeps, review: Unstructured, { user }: RequestContext): unknown {
  const { namespace } = specOf<{ namespace?: string }>(review);
  if (!namespace) throw newBadRequest('no namespace on request');
  const { rules, missing } = rulesFor(rbac, user, namespace);
  const ofResources = rules.filter(({ resources }) => (resources ?? []).length > 0);
  const ofPaths = rules.filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length > 0);
  return {
    resourceRules: ofResources.map(({ verbs, apiGroups, resources, resourceNames }) =>
      withoutEmpty({ verbs, apiGroups, resources, resourceNames }),
    ),
    nonResourceRules: ofPaths.map(({ verbs, nonResourceURLs }) => withoutEmpty({ verbs, nonResourceURLs })),
    incomplete: false,
    ...(missing.length > 0 ? { evaluationError: aggregate(missing) } : {}),
  };
}

function reviewWho(_deps: ReviewDeps, _review: Unstructured, { user }: RequestContext): unknown {
  return { userInfo: wireUser(user) };
}

async function reviewToken(deps: ReviewDeps, review: Unstructured): Promise<unknown> {
  const { token, audiences = [] } = specOf<{ token?: string; audiences?: string[] }>(review);
  if (!token) throw newBadRequest('token is required for TokenReview in authentication');
  const asked = audiences.length > 0 ? audiences : deps.audiences;
  try {
    const user = await deps.authenticateToken(asked)(token);
    // Tokens that name no audience are for this server.
    const common = (tokenAudiences(token) ?? deps.audiences).filter((audience) => asked.includes(audience));
    if (!user || common.length === 0) return { user: {}, error: INVALID_TOKEN };
    return { authenticated: true, user: wireUser(authenticated(user)), audiences: common };
  } catch (error) {
    if (!(error instanceof InvalidCredentialError)) throw error;
    return { user: {}, error: `[${INVALID_TOKEN}, ${error.message}]` };
  }
}

const INVALID_TOKEN = 'invalid bearer token';

function decide(authorize: Authorizer, user: UserInfo, spec: AccessSpec): SubjectAccessReviewStatus {
  const { allowed, reason } = authorize(user, questionOf(spec));
  const evaluationError = selectorError(spec.resourceAttributes ?? {});
  return { allowed, ...(reason === '' ? {} : { reason }), ...(evaluationError ? { evaluationError } : {}) };
}

function questionOf({ resourceAttributes, nonResourceAttributes }: AccessSpec): RequestInfo {
  const {
    verb = '',
    namespace = '',
    group = '',
    version = '',
    resource = '',
    subresource = '',
    name = '',
  } = resourceAttributes ?? {};
  const common = { group, version, namespace, resource, subresource, name };
  if (resourceAttributes) return { ...common, isResource: true, verb, path: '' };
  const { path = '', verb: pathVerb = '' } = nonResourceAttributes ?? {};
  return { ...common, isResource: false, verb: pathVerb, path };
}

function subjectOf({ user = '', groups = [], uid, extra }: AccessSpec): UserInfo {
  return { name: user, groups, ...(uid === undefined ? {} : { uid }), ...(extra ? { extra } : {}) };
}

function specOf<T extends object>(review: Unstructured): Partial<T> {
  const { spec } = review;
  return typeof spec === 'object' && spec !== null ? (spec as T) : {};
}

function accessSpecOf(review: Unstructured): AccessSpec {
  return specOf<AccessSpec>(review);
}

function attributeCauses({ resourceAttributes, nonResourceAttributes }: AccessSpec): StatusCause[] {
  if (resourceAttributes && nonResourceAttributes) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    return [invalid('spec.nonResourceAttributes', asGo(nonResourceAttributes), detail)];
  }
  if (resourceAttributes || nonResourceAttributes) return selectorCauses(resourceAttributes);
  return [
    invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ];
}

function subjectCauses({ user = '', groups = [] }: AccessSpec): StatusCause[] {
  return user === '' && groups.length === 0
    ? [invalid('spec.user', user, 'at least one of user or group must be specified')]
    : [];
}

function localCauses(spec: AccessSpec, namespace: string): StatusCause[] {
  const { resourceAttributes, nonResourceAttributes: path } = spec;
  const { namespace: asked = '' } = resourceAttributes ?? {};
  const isElsewhere = resourceAttributes && namespace !== '' && namespace !== asked;
  const place = 'spec.resourceAttributes.namespace';
  return [
    ...attributeCauses(spec),
    ...(isElsewhere ? [invalid(place, asked, 'must match metadata.namespace')] : []),
    ...(path ? [invalid('spec.nonResourceAttributes', asGo(path), 'disallowed on this kind of request')] : []),
  ];
}

/** As messages show it: upstream prints its internal type. */
const asGo = ({ path = '', verb = '' }: NonResourceAttributes) => ({ Path: path, Verb: verb });

/** Upstream leaves the kind out of these, and nothing may be named. */
function check({ metadata }: Unstructured, causes: StatusCause[]): void {
  const { namespace, managedFields, ...named } = metadata;
  const isNamed = Object.keys(named).length > 0;
  const all = isNamed ? [...causes, invalid('metadata', named, 'must be empty')] : causes;
  if (all.length === 0) return;
  const { status } = newInvalid({ group: AUTHORIZATION, resource: '' }, all);
  throw new StatusError({ ...status, details: { group: AUTHORIZATION, causes: all } });
}

function wireUser({ name, uid, groups, extra }: UserInfo): unknown {
  return { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
}

function withoutEmpty(rule: Record<string, string[] | undefined>): Record<string, string[] | undefined> {
  return Object.fromEntries(Object.entries(rule).filter(([, values]) => values !== undefined && values.length > 0));
}
