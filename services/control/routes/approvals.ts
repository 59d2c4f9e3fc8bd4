import { certificateSigningRequests, KUBE_APISERVER_CLIENT_SIGNER } from '../../../shared/apis/certificates/v1.ts';
import { APPROVED_REQUEST_ANNOTATION } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { withRequestCondition } from '../../../shared/controller/request-condition.ts';
import { isUndecided, type JoinRequest, readJoinRequest } from '../../../shared/pki/join-request.ts';
import { Problem } from '../problem.ts';
import { type Answer, newRoute, type Route } from '../route.ts';
import { type Approval, ApprovalPage, ApprovalParams, Decision, Rejection } from '../schemas/approval.ts';
import { PageQuery, pageAnswer, pageOptions } from '../schemas/page.ts';

/** Clusters that want to join and wait for a person: undecided certificate requests of agents. */
export function approvalRoutes({ clock }: { clock: Clock }): Route[] {
  return [listRoute, approveRoute, newRejectRoute(clock)];
}

const tag = 'approvals';
const DEFAULT_REASON = 'an administrator of the hub has refused it';

const listRoute = newRoute({
  method: 'get',
  path: '/approvals',
  operationId: 'listApprovals',
  summary: 'List the clusters that wait to be let in',
  description: 'A page may hold fewer than its limit. Needs the right to list certificatesigningrequests.',
  tag,
  query: PageQuery,
  answer: { status: 200, description: 'a page of those who wait', schema: ApprovalPage },
  handle: async ({ query }, { client, signal }) => {
    const fieldSelector = `spec.signerName=${KUBE_APISERVER_CLIENT_SIGNER}`;
    const { metadata, items } = await client.list(certificateSigningRequests, {
      fieldSelector,
      ...pageOptions(query),
      signal,
    });
    const read = await Promise.all(items.filter(isUndecided).map(readJoinRequest));
    const waiting = read.filter((request) => request !== undefined);
    return { status: 200, body: { items: waiting.map(viewOf), ...pageAnswer(metadata) } };
  },
});

const approveRoute = newRoute({
  method: 'post',
  path: '/approvals/{name}/approve',
  operationId: 'approve',
  summary: 'Let a cluster join',
  description:
    'The hub then claims the name, makes the rights and issues the certificate. Needs the rights to get and patch certificatesigningrequests.',
  tag,
  params: ApprovalParams,
  answer: { status: 200, description: 'it is approved', schema: Decision },
  handle: async ({ params }, { client, signal }) => {
    const request = await getWaiting(client, params.name, signal);
    const { uid, resourceVersion } = request.csr.metadata;
    const patch = { metadata: { resourceVersion, annotations: { [APPROVED_REQUEST_ANNOTATION]: uid } } };
    await client.patch(certificateSigningRequests, params, { type: 'merge', patch }, { signal });
    return decided(request, 'approved');
  },
});

function newRejectRoute(clock: Clock): Route {
  return newRoute({
    method: 'post',
    path: '/approvals/{name}/reject',
    operationId: 'reject',
    summary: 'Refuse a cluster',
    description:
      'Needs the rights to get certificatesigningrequests, to update certificatesigningrequests/approval, and to approve for the signer.',
    tag,
    params: ApprovalParams,
    body: Rejection,
    answer: { status: 200, description: 'it is rejected, and the joiner is told', schema: Decision },
    handle: async ({ params, body }, { client, signal }) => {
      const request = await getWaiting(client, params.name, signal);
      const denial = { type: 'Denied', reason: 'Rejected', message: body.reason ?? DEFAULT_REASON } as const;
      const denied = withRequestCondition(request.csr, denial, clock);
      await client.update(certificateSigningRequests, denied, { subresource: 'approval', signal });
      return decided(request, 'rejected');
    },
  });
}

async function getWaiting(client: KubeClient, name: string, signal: AbortSignal): Promise<JoinRequest> {
  const csr = await getIfPresent(client, certificateSigningRequests, { name }, signal);
  const request = csr && (await readJoinRequest(csr));
  if (!csr || !request) throw new Problem('not-found', `no cluster waits under the name ${name}`);
  if (!isUndecided(csr)) throw new Problem('conflict', `the request ${name} is decided already`);
  return request;
}

function decided({ name, cluster, key }: JoinRequest, decision: 'approved' | 'rejected'): Answer {
  return { status: 200, body: { name, cluster, key, decision } };
}

function viewOf({ csr, name, cluster, key, memberUid, requester, isApproved }: JoinRequest): Approval {
  return {
    name,
    cluster,
    key,
    ...(memberUid === '' ? {} : { memberUid }),
    requester,
    createdAt: csr.metadata.creationTimestamp ?? '',
    approved: isApproved,
  };
}
