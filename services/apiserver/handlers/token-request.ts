import { newBadRequest, newConflict, newInvalid, newNotFound } from '../../../shared/apis/meta/status-error.ts';
import type { KubeObject, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Storage } from '../../storage/backend.ts';
import { type BoundObject, type ServiceAccountKeys, signServiceAccountToken } from '../authn/service-account-token.ts';
import { readCoreObject } from '../authn/stored-object.ts';
import { answerWith } from '../registry/answer.ts';
import { negotiateUnstored } from '../registry/negotiation.ts';
import { timestamp } from '../registry/registry.ts';
import { newNamespaceRequired } from '../registry/target.ts';
import type { Handler, RequestContext } from '../request.ts';
import { invalid } from '../types/field-error.ts';
import { readUnstored } from './read-unstored.ts';

/** `serviceaccounts/<name>/token`: a create is answered with a new token for the account. Source: Kubernetes API reference, TokenRequest. */

export interface TokenRequestDeps {
  storage: Storage;
  keys: ServiceAccountKeys;
  now: () => number;
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

async function answerTokenRequest({ storage, keys, now }: TokenRequestDeps, context: RequestContext) {
  const { namespace, name } = context.info;
  const kind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
  const { format } = negotiateUnstored(context);
  const request = await readUnstored(context, kind);
  if (namespace === '') throw newNamespaceRequired();
  if (!readCoreObject(storage, 'namespaces', { namespace: '', name: namespace })) {
    throw newNotFound({ resource: 'namespaces', name: namespace });
  }
  const account = readCoreObject(storage, 'serviceaccounts', { namespace, name });
  if (!account) throw newNotFound({ resource: 'serviceaccounts', name });
  checkName(request, name);
  const spec = specOf(request);
  const { audiences = [], expirationSeconds = DEFAULT_SECONDS } = spec;
  checkDuration(expirationSeconds);
  const boundTo = boundObject(storage, namespace, spec.boundObjectRef);
  const claims = {
    namespace,
    name,
    uid: account.metadata.uid ?? '',
    audiences: audiences.length > 0 ? audiences : keys.audiences,
    expiresInSeconds: expirationSeconds,
    ...(boundTo ? { boundTo } : {}),
  };
  const { token, expiresAt } = await signServiceAccountToken(keys, claims, now());
  return answerWith(format, 201, {
    ...request,
    metadata: { name, namespace, creationTimestamp: timestamp(now()) },
    spec: { ...spec, audiences: claims.audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: timestamp(expiresAt) },
  });
}

function specOf({ spec }: Unstructured): TokenRequestSpec {
  return typeof spec === 'object' && spec !== null ? spec : {};
}

function checkName({ metadata }: Unstructured, name: string): void {
  if (!metadata.name || metadata.name === name) return;
  const cause = invalid('metadata.name', metadata.name, 'must match the service account name if specified');
  throw newInvalid({ group: 'authentication.k8s.io', resource: 'TokenRequest', name }, [cause]);
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

/** Throws 400 for a kind that tokens can't be bound to, 404 and 409 if it is not the object that was meant. */
function boundObject(
  storage: Storage,
  namespace: string,
  reference: TokenRequestSpec['boundObjectRef'],
): BoundObject | undefined {
  if (!reference) return undefined;
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
  const actual = object.metadata.uid ?? '';
  if (uid !== '' && uid !== actual) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw newConflict({ resource: kind, name }, why);
  }
  return { kind: kind as BoundObject['kind'], name, uid: actual };
}
