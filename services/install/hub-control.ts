import { secrets, services } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { RBAC_GROUP, roleBindings, roles } from '../../shared/apis/rbac/v1.ts';
import { HUB_NAME, HUB_NAMESPACE, HUB_SELECTED } from './hub-names.ts';
import { type InstallStep, newItem } from './install-step.ts';

/**
 * What the hub in a cluster needs to serve the control-plane API: a Service, and a Secret for its certificate, which the hub fills and renews, and which may hold
 * somebody else's instead. The hub may write that one Secret and make none.
 */

export const CONTROL_NAME = 'pullet-hub-control';
const CONTROL_PORT = 8443;

const metadata = { name: CONTROL_NAME, namespace: HUB_NAMESPACE };
const rbacVersion = `${RBAC_GROUP}/v1`;

export const CONTROL_STEP: InstallStep = [
  newItem(secrets, { apiVersion: 'v1', kind: 'Secret', metadata }, 'kept'),
  newItem(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: HUB_SELECTED, ports: [{ name: 'https', port: 443, targetPort: 'control' }] },
  } as KubeObject & { spec: never }),
  newItem(roles, {
    apiVersion: rbacVersion,
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [CONTROL_NAME], verbs: ['get', 'patch'] }],
  }),
  newItem(roleBindings, {
    apiVersion: rbacVersion,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: CONTROL_NAME },
    subjects: [{ kind: 'ServiceAccount', name: HUB_NAME, namespace: HUB_NAMESPACE }],
  }),
];

const SERVICE = `${CONTROL_NAME}.${HUB_NAMESPACE}`;

/** Of the hub's container. */
export const CONTROL_FLAGS: readonly string[] = [
  `--control-listen=:${CONTROL_PORT}`,
  `--control-tls-secret=${HUB_NAMESPACE}/${CONTROL_NAME}`,
  `--control-tls-names=${[CONTROL_NAME, SERVICE, `${SERVICE}.svc`, `${SERVICE}.svc.cluster.local`].join(',')}`,
];

export const CONTROL_CONTAINER_PORT = { name: 'control', containerPort: CONTROL_PORT };
