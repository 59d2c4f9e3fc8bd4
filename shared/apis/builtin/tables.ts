import admissionregistration from './data/admissionregistration.k8s.io.json' with { type: 'json' };
import apiextensions from './data/apiextensions.k8s.io.json' with { type: 'json' };
import apiregistration from './data/apiregistration.k8s.io.json' with { type: 'json' };
import apps from './data/apps.json' with { type: 'json' };
import authentication from './data/authentication.k8s.io.json' with { type: 'json' };
import authorization from './data/authorization.k8s.io.json' with { type: 'json' };
import autoscaling from './data/autoscaling.json' with { type: 'json' };
import batch from './data/batch.json' with { type: 'json' };
import certificates from './data/certificates.k8s.io.json' with { type: 'json' };
import coordination from './data/coordination.k8s.io.json' with { type: 'json' };
import core from './data/core.json' with { type: 'json' };
import discovery from './data/discovery.k8s.io.json' with { type: 'json' };
import events from './data/events.k8s.io.json' with { type: 'json' };
import flowcontrol from './data/flowcontrol.apiserver.k8s.io.json' with { type: 'json' };
import internal from './data/internal.apiserver.k8s.io.json' with { type: 'json' };
import meta from './data/meta.json' with { type: 'json' };
import networking from './data/networking.k8s.io.json' with { type: 'json' };
import node from './data/node.k8s.io.json' with { type: 'json' };
import policy from './data/policy.json' with { type: 'json' };
import rbac from './data/rbac.authorization.k8s.io.json' with { type: 'json' };
import resource from './data/resource.k8s.io.json' with { type: 'json' };
import scheduling from './data/scheduling.k8s.io.json' with { type: 'json' };
import storage from './data/storage.k8s.io.json' with { type: 'json' };
import storagemigration from './data/storagemigration.k8s.io.json' with { type: 'json' };
import type { GroupTable } from './table.ts';

/**
 * Every table of built-in types, core first, then in the order in which discovery lists the groups; `meta`, which all groups share, last.
 */
export const builtinTables: readonly GroupTable[] = [
  core,
  apiregistration,
  apps,
  events,
  authentication,
  authorization,
  autoscaling,
  batch,
  certificates,
  networking,
  policy,
  rbac,
  storage,
  admissionregistration,
  apiextensions,
  scheduling,
  coordination,
  node,
  discovery,
  resource,
  flowcontrol,
  internal,
  storagemigration,
  meta,
];
