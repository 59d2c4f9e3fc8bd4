import { Type } from '@sinclair/typebox';
import {
  BOOTSTRAP_TOKEN_NAMESPACE,
  BOOTSTRAP_TOKEN_SECRET_PREFIX,
  BOOTSTRAP_TOKEN_SECRET_TYPE,
  PULLET_TOKEN_GROUP,
} from '../../../shared/apis/bootstrap/token.ts';
import { secrets } from '../../../shared/apis/core/v1.ts';
import { parseDuration } from '../../../shared/apis/duration.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import {
  type BootstrapTokenRecord,
  newBootstrapToken,
  newBootstrapTokenSecret,
  readBootstrapTokenSecret,
  type TokenLimits,
} from '../../../shared/pki/bootstrap-token.ts';
import type { ControlDeps } from '../control-deps.ts';
import { Problem } from '../problem.ts';
import { newRegisterCommand } from '../register-command.ts';
import { newInvalidFields } from '../request-check.ts';
import { newRoute, type Route } from '../route.ts';
import { PageQuery, pageAnswer, pageOptions } from '../schemas/page.ts';
import { CreatedToken, NewToken, type NewTokenRequest, type Token, TokenId, TokenPage } from '../schemas/token.ts';

/** Bootstrap tokens: Secrets in kube-system, written and read as the caller. */
export function tokenRoutes({ endpoint, clock }: Pick<ControlDeps, 'endpoint' | 'clock'>): Route[] {
  const tag = 'tokens';
  const create = newRoute({
    method: 'post',
    path: '/tokens',
    operationId: 'createToken',
    summary: 'Make a bootstrap token',
    description: 'Its secret half is in this answer alone. Needs the right to create secrets in kube-system.',
    tag,
    body: NewToken,
    answer: {
      status: 201,
      description: 'the token, and the command that registers a cluster with it',
      schema: CreatedToken,
    },
    handle: async ({ body }, { client, signal }) => {
      const record = newRecord(body, clock.now());
      await client.create(secrets, newBootstrapTokenSecret(record), { signal });
      const token = `${record.token.id}.${record.token.secret}`;
      const registerCommand = newRegisterCommand(await endpoint(), token, record.limits?.clusterName);
      return { status: 201, body: { ...viewOf(record), token, ...(registerCommand ? { registerCommand } : {}) } };
    },
  });
  const list = newRoute({
    method: 'get',
    path: '/tokens',
    operationId: 'listTokens',
    summary: 'List the bootstrap tokens, without their secret halves',
    description: 'A page may hold fewer than its limit. Needs the right to list secrets in kube-system.',
    tag,
    query: PageQuery,
    answer: { status: 200, description: 'a page of tokens', schema: TokenPage },
    handle: async ({ query }, { client, signal }) => {
      const { metadata, items } = await client.list(secrets, {
        namespace: BOOTSTRAP_TOKEN_NAMESPACE,
        fieldSelector: `type=${BOOTSTRAP_TOKEN_SECRET_TYPE}`,
        ...pageOptions(query),
        signal,
      });
      const records = items.map(readBootstrapTokenSecret).filter((record) => record !== undefined);
      return { status: 200, body: { items: records.map(viewOf), ...pageAnswer(metadata) } };
    },
  });
  const remove = newRoute({
    method: 'delete',
    path: '/tokens/{id}',
    operationId: 'deleteToken',
    summary: 'End a bootstrap token',
    description: 'Needs the right to delete that secret in kube-system.',
    tag,
    params: Type.Object({ id: TokenId }, { additionalProperties: false }),
    answer: { status: 204, description: 'it has ended' },
    handle: async ({ params }, { client, signal }) => {
      const key = { namespace: BOOTSTRAP_TOKEN_NAMESPACE, name: `${BOOTSTRAP_TOKEN_SECRET_PREFIX}${params.id}` };
      try {
        await client.delete(secrets, key, { signal });
      } catch (error) {
        if (isNotFound(error)) throw new Problem('not-found', `there is no token ${params.id}`);
        throw error;
      }
      return { status: 204 };
    },
  });
  return [create, list, remove];
}

const DEFAULT_TTL = '24h';
/** Ten years: what is meant to last longer is meant to last for ever. */
const MAX_TTL_MS = 10 * 365 * 24 * 3600_000;

function newRecord(request: NewTokenRequest, now: number): BootstrapTokenRecord {
  const ttlMs = parseDuration(request.ttl ?? DEFAULT_TTL) ?? Number.NaN;
  if (!(ttlMs >= 0 && ttlMs <= MAX_TTL_MS)) {
    throw newInvalidFields([{ field: 'body/ttl', detail: 'must be at most ten years, or 0 for ever' }]);
  }
  if (ttlMs > 0 && ttlMs < 1000) throw newInvalidFields([{ field: 'body/ttl', detail: 'must be at least 1s' }]);
  const limits = limitsOf(request);
  return {
    token: newBootstrapToken(),
    usages: request.usages ?? ['signing', 'authentication'],
    groups: request.groups ?? [PULLET_TOKEN_GROUP],
    description: request.description ?? '',
    ...(limits ? { limits } : {}),
    ...(ttlMs > 0 ? { expiresAt: now + ttlMs } : {}),
  };
}

function limitsOf({ clusterName, singleUse, requireApproval, replace }: NewTokenRequest): TokenLimits | undefined {
  if (replace && clusterName === undefined) {
    throw newInvalidFields([{ field: 'body/clusterName', detail: 'must say which cluster is to be replaced' }]);
  }
  const limits: TokenLimits = {
    ...(clusterName === undefined ? {} : { clusterName }),
    // Used twice, it would end the credential that it has just given.
    ...(singleUse || replace ? { isSingleUse: true } : {}),
    ...(requireApproval ? { requiresApproval: true } : {}),
    ...(replace ? { isReplacing: true } : {}),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function viewOf({ token, expiresAt, usages, groups, description, limits = {}, usedBy }: BootstrapTokenRecord): Token {
  return {
    id: token.id,
    ...(description === '' ? {} : { description }),
    ...(expiresAt === undefined ? {} : { expiresAt: rfc3339(expiresAt) }),
    usages,
    groups,
    ...(limits.clusterName === undefined ? {} : { clusterName: limits.clusterName }),
    ...(limits.isSingleUse ? { singleUse: true } : {}),
    ...(limits.requiresApproval ? { requireApproval: true } : {}),
    ...(limits.isReplacing ? { replace: true } : {}),
    ...(usedBy ? { usedBy } : {}),
  };
}
