import { certificateSigningRequests, KUBE_APISERVER_CLIENT_SIGNER } from '../shared/apis/certificates/v1.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { isUndecided, type JoinRequest, readJoinRequest } from '../shared/pki/join-request.ts';
import { UsageError } from './usage-error.ts';

/** The joins that wait for a person: undecided certificate requests of agents. */
export type PendingRequest = JoinRequest;

export async function listPendingRequests(client: KubeClient): Promise<PendingRequest[]> {
  const { items } = await client.list(certificateSigningRequests, {
    fieldSelector: `spec.signerName=${KUBE_APISERVER_CLIENT_SIGNER}`,
  });
  const read = await Promise.all(items.filter(isUndecided).map(readJoinRequest));
  return read.filter((request) => request !== undefined);
}

/** By the request's name, or by the cluster's where only one waits for that. */
export async function findPendingRequest(client: KubeClient, name: string): Promise<PendingRequest> {
  const all = await listPendingRequests(client);
  const byName = all.find((request) => request.name === name);
  if (byName) return byName;
  const [found, ...others] = all.filter(({ cluster }) => cluster === name);
  if (!found) throw new Error(`no request "${name}" waits for approval: \`pullet approve\` shows those that do`);
  if (others.length === 0) return found;
  const names = [found, ...others].map((request) => request.name).join(', ');
  throw new UsageError(`${others.length + 1} requests for cluster "${name}" wait: say which one: ${names}`);
}
