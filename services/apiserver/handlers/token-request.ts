import { newBadRequest, newConflict, newInvalid, newNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Storage } from '../../storage/backend.ts';
import { type BoundObject, type ServiceAccountKeys, signServiceAccountToken } from '../authn/service-account-token.ts';
import { readCoreObject } from '../authn/stored-object.ts';
import { answerWith } from '../registry/answer.ts';
import { newTerminating } from '../registry/namespace-lifecycle.ts';
import { negotiateUnstored } from '../registry/negotiation.ts';
import { timestamp } from '../registry/registry.ts';
import { newNamespaceRequired } from '../registry/target.ts';
import type { UnstoredCheck } from '../registry/unstored-check.ts';
import { annotate, type Handler, type RequestContext } from '../request.ts';
import { invalid } from '../types/field-error.ts';
import { placeIn, readUnstored } from './read-unstored.ts';
import { unstoredOwners } from './unstored-owners.ts';

/** `serviceaccounts/<name>/token`: a create is answered with a new token for the account. Source: Kubernetes API reference, TokenRequest. */

export interface TokenRequestDeps {
  storage: Storage;
  keys: ServiceAccountKeys;
  now: () => number;
  /** Asked before a token is made; absent: nobody is. */
  check?: UnstoredCheck;
}

interface TokenRequestSpec {
  audiences?: string[];
  expirationSeconds?: number;
  boundObjectRef?: { kind?: string; apiVersion?: string; name?: string; uid?: string };
}

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** The handler of a request that asks for a token; undefined for every other request. */
export function newTokenRequestRoute(deps: TokenRequestDeps): (context: RequestContext) => Handler | undefined {
  const handler: Handler = (context) => answerTokenRequest(deps, context);
  return ({ info: { group, version, resource, subresource, verb, name } }) => {
    const isTokenRequest =
      resource === 'serviceaccounts' && subresource === 'token' && group === '' && version === 'v1';
    return isTokenRequest && verb === 'create' && name !== '' ? handler : undefined;
  };
}

async function answerTokenRequest({ storage, keys, now, check }: TokenRequestDeps, context: RequestContext) {
  const { namespace, name } = context.info;
  const kind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
  const { format } = negotiateUnstored(context);
  const request = await readUnstored(context, kind);
  if (namespace === '') throw newNamespaceRequired();
  const space = readCoreObject(storage, 'namespaces', { namespace: '', name: namespace });
  if (!space) throw newNotFound({ resource: 'namespaces', name: namespace });
  if (space.metadata.deletionTimestamp)
    throw newTerminating({ group: '', resource: 'serviceaccounts', name }, namespace);
  placeIn(namespace, request);
  checkName(request, name);
  const account = readCoreObject(storage, 'serviceaccounts', { namespace, name });
  if (!account) throw newNotFound({ resource: 'serviceaccounts', name });
  checkUid(request, account);
  const spec = specOf(request);
  const { audiences = [], expirationSeconds = DEFAULT_SECONDS } = spec;
  checkDuration(expirationSeconds);
  const asked = { ...request, spec: { ...spec, expirationSeconds } };
  await check?.(context, toBeJudged(asked, account, keys.audiences));
  const bound = boundObject(storage, { namespace, name }, spec.boundObjectRef);
  const claims = {
    namespace,
    name,
    uid: account.metadata.uid ?? '',
    audiences: audiences.length > 0 ? audiences : keys.audiences,
    expiresInSeconds: expirationSeconds,
    ...bound,
  };
  const { token, expiresAt, credentialId } = await signServiceAccountToken(keys, claims, now());
  annotate(context.audit, 'authentication.kubernetes.io/issued-credential-id', credentialId);
  return answerWith(format, 201, {
    ...request,
    metadata: {
      ...request.metadata,
      name,
      namespace,
      uid: claims.uid,
      creationTimestamp: timestamp(now()),
      ...unstoredOwners(context, asked, 'token'),
    },
    spec: { ...spec, audiences: claims.audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: timestamp(expiresAt) },
  });
}

/** As policies see it: of its account, for somebody, and without a token. */
function toBeJudged(request: Unstructured, account: KubeObject, audiences: string[]): Unstructured {
  const { name = '', namespace = '', uid = '' } = account.metadata;
  const spec = specOf(request);
  return {
    ...request,
    metadata: { ...request.metadata, name, namespace, uid },
    spec: { ...spec, audiences: spec.audiences?.length ? spec.audiences : audiences },
    status: { token: '', expirationTimestamp: null },
  };
}

function specOf({ spec }: Unstructured): TokenRequestSpec {
  return typeof spec === 'object' && spec !== null ? spec : {};
}

function checkName({ metadata }: Unstructured, name: string): void {
  if (!metadata.name || metadata.name === name) return;
  const cause = invalid('metadata.name', metadata.name, 'must match the service account name if specified');
  throw newInvalid({ group: 'authentication.k8s.io', resource: 'TokenRequest', name }, [cause]);
}

/** Throws 409 for a token that was meant for an earlier account of the same name. */
function checkUid({ metadata: { uid } }: Unstructured, account: KubeObject): void {
  const actual = account.metadata.uid ?? '';
  if (!uid || uid === actual) return;
  const why = `the UID in the token request (${uid}) does not match the UID of the service account (${actual})`;
  const { name = '' } = account.metadata;
  throw newConflict({ group: 'authentication.k8s.io', resource: 'TokenRequest', name }, why);
}

function checkDuration(seconds: number): void {
  const refuse = (detail: string): never => {
    throw newInvalid({ group: 'authentication.k8s.io', resource: 'TokenRequest' }, [
      invalid('spec.expirationSeconds', seconds, detail),
    ]);
  };
  if (!Number.isInteger(seconds) || seconds < MIN_SECONDS) refuse('may not specify a duration less than 10 minutes');
  if (seconds > MAX_SECONDS) refuse('may not specify a duration larger than 2^32 seconds');
}

const BINDABLE: Record<string, { resource: string; isNamespaced: boolean }> = {
  Pod: { resource: 'pods', isNamespaced: true },
  Secret: { resource: 'secrets', isNamespaced: true },
  Node: { resource: 'nodes', isNamespaced: false },
};

interface Binding {
  boundTo?: BoundObject;
  node?: { name: string; uid?: string };
}

/** Throws 400 for a kind that tokens can't be bound to and for the pod of another account, 404 and 409 if it is not the object that was meant. */
function boundObject(
  storage: Storage,
  { namespace, name: account }: { namespace: string; name: string },
  reference: TokenRequestSpec['boundObjectRef'],
): Binding {
  if (!reference) return {};
  const { kind = '', apiVersion = '', name = '', uid = '' } = reference;
  const bindable = Object.hasOwn(BINDABLE, kind) ? BINDABLE[kind] : undefined;
  if (!bindable || apiVersion.includes('/')) {
    throw newBadRequest(
      `cannot bind token to object of type ${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`,
    );
  }
  const place = { namespace: bindable.isNamespaced ? namespace : '', name };
  const object = readCoreObject<KubeObject>(storage, bindable.resource, place);
  if (!object) throw newNotFound({ resource: bindable.resource, name });
  const where = kind === 'Pod' ? placeOfPod(storage, object, account) : {};
  const actual = object.metadata.uid ?? '';
  if (uid !== '' && uid !== actual) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw newConflict({ resource: kind, name }, why);
  }
  return { boundTo: { kind: kind as BoundObject['kind'], name, uid: actual }, ...where };
}

interface PodSpec {
  serviceAccountName?: string;
  nodeName?: string;
}

/** The node it is on, if it is on one. Throws 400. */
function placeOfPod(storage: Storage, pod: KubeObject, account: string): Pick<Binding, 'node'> {
  const { serviceAccountName, nodeName } = ((pod as Unstructured)['spec'] ?? {}) as PodSpec;
  if (serviceAccountName !== account) {
    const quoted = JSON.stringify(account);
    throw newBadRequest(
      `cannot bind token for serviceaccount ${quoted} to pod running with different serviceaccount name.`,
    );
  }
  if (!nodeName) return {};
  const node = readCoreObject<KubeObject>(storage, 'nodes', { namespace: '', name: nodeName });
  return { node: { name: nodeName, ...(node?.metadata.uid ? { uid: node.metadata.uid } : {}) } };
}
