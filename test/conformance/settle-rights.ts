import { randomUUID } from 'node:crypto';
import { askJson, until } from './ask-until.ts';
import type { ConformanceServer } from './servers.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

type Asked = Pick<ConformanceServer, 'name' | 'send'>;

/**
 * A kube-apiserver decides by caches, one for each of the four kinds, each in the order of writes: when rights that were given last are seen, those before
 * are too.
 */
export async function settleRights(server: Asked): Promise<void> {
  if (server.name === 'embedded') return;
  const name = `mark-${randomUUID()}`;
  const [namespaced, wide] = [`${rbac}/namespaces/default`, rbac];
  const places: [string, string, string][] = [
    [`${namespaced}/roles`, `${namespaced}/rolebindings`, 'Role'],
    [`${wide}/clusterroles`, `${wide}/clusterrolebindings`, 'ClusterRole'],
  ];
  await Promise.all(places.map((place) => give(server, name, place)));
  await until(() => mayRead(server, name, 'default'));
  await until(() => mayRead(server, name, ''));
  const paths = places.flatMap((place) => place.slice(0, 2));
  await Promise.all(paths.map((path) => askJson(server, 'DELETE', `${path}/${name}`)));
}

async function give(server: Asked, name: string, [roles, bindings, kind]: string[]): Promise<void> {
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name };
  await askJson(server, 'POST', roles ?? '', {
    metadata: { name },
    rules: [{ apiGroups: ['mark'], resources: [resource], verbs: ['get'] }],
  });
  await askJson(server, 'POST', bindings ?? '', {
    metadata: { name },
    roleRef,
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name }],
  });
}

async function mayRead(server: Asked, user: string, namespace: string): Promise<boolean> {
  const resource = namespace === '' ? 'clusterroles' : 'roles';
  const spec = { user, resourceAttributes: { group: 'mark', resource, verb: 'get', namespace } };
  const { body } = await askJson(server, 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec });
  return (body as { status: { allowed: boolean } }).status.allowed;
}
