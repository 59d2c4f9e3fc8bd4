import type { Status } from '../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../shared/apis/user-info.ts';
import { KUBERNETES_CLUSTER_ROLE_BINDINGS, KUBERNETES_CLUSTER_ROLES } from './authz/default-policy.ts';
import type { ServerRequest, ServerResponse, VerifiedCertificate } from './request.ts';
import { grant, NOW, newRequest, store, type TestServer } from './server-fixture.ts';

/** For tests: what is asked of a whole API server, and what it answers. */

export const admin: UserInfo = { name: 'system:pullet-hub', groups: ['system:masters'] };

/** With Kubernetes' default roles, and what lets a cluster join. */
export async function withPolicy(test: TestServer): Promise<TestServer> {
  for (const object of [...KUBERNETES_CLUSTER_ROLES, ...KUBERNETES_CLUSTER_ROLE_BINDINGS]) {
    const resource = `${object.kind.toLowerCase()}s`;
    await store(test.storage, { group: 'rbac.authorization.k8s.io', resource }, object);
  }
  const info = [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'] }];
  const anonymous = [{ kind: 'User' as const, name: 'system:anonymous' }];
  await grant(test.storage, { name: 'cluster-info', namespace: 'kube-public', rules: info, subjects: anonymous });
  const csr = [{ verbs: ['create'], apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'] }];
  const holders = [{ kind: 'Group' as const, name: 'system:bootstrappers:pullet:default-cluster-token' }];
  await grant(test.storage, { name: 'bootstrap', rules: csr, subjects: holders });
  return test;
}

export const textOf = ({ body }: ServerResponse): string => (typeof body === 'string' ? body : '');
export const jsonOf = <T = Status>(response: ServerResponse): T => JSON.parse(textOf(response)) as T;

export function certificate(commonName: string, organizations: string[], notAfterMs = NOW + 1000): VerifiedCertificate {
  return { commonName, organizations, raw: Buffer.from(commonName), notAfterMs };
}

export async function ask(server: TestServer, target: string, more: Partial<ServerRequest> = {}, method = 'GET') {
  return await server.server.handle(newRequest(method, target, more));
}

export async function userAsked(server: TestServer, more: Partial<ServerRequest>): Promise<UserInfo> {
  return jsonOf<{ user: UserInfo }>(await ask(server, '/api/v1/pods', more)).user;
}
