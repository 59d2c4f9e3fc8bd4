/** The kinds whose single changes are compared. */

import { clusterRole, role, roleBinding } from './access-kinds.ts';
import { event, lease, node, signingRequest } from './cluster-kinds.ts';
import {
  configMap,
  deployment,
  type Kind,
  namespace,
  pod,
  secret,
  service,
  serviceAccount,
  widget,
} from './objects.ts';

export const kinds: readonly Kind[] = [
  configMap,
  secret,
  service,
  deployment,
  lease,
  serviceAccount,
  role,
  roleBinding,
  clusterRole,
  namespace,
  node,
  pod,
  event,
  signingRequest,
  widget,
];
