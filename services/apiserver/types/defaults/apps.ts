import type { JsonObject } from '../json-value.ts';
import {
  objectAt,
  objectsAt,
  optionalObject,
  setAbsent,
  setAllAbsent,
  setDefault,
  setDefaults,
  type TypeDefault,
} from './set-default.ts';

/** Defaults of apps/v1, as upstream's SetDefaults functions. */

function defaultRollingUpdate(strategy: JsonObject, values: JsonObject): void {
  setDefault(strategy, 'type', 'RollingUpdate');
  if (strategy['type'] === 'RollingUpdate') setAllAbsent(objectAt(strategy, 'rollingUpdate'), values);
}

function defaultDeployment(deployment: JsonObject): void {
  const spec = objectAt(deployment, 'spec');
  setDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  defaultRollingUpdate(objectAt(spec, 'strategy'), { maxUnavailable: '25%', maxSurge: '25%' });
}

/** How often the template has changed, which upstream keeps in an annotation: a new one has not been counted yet. */
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function defaultDaemonSet(daemonSet: JsonObject): void {
  const spec = objectAt(daemonSet, 'spec');
  setDefault(objectAt(objectAt(daemonSet, 'metadata'), 'annotations'), TEMPLATE_GENERATION, '0');
  setDefault(spec, 'revisionHistoryLimit', 10);
  const strategy = objectAt(spec, 'updateStrategy');
  defaultRollingUpdate(strategy, { maxUnavailable: 1, maxSurge: 0 });
  const rollingUpdate = optionalObject(strategy, 'rollingUpdate');
  if (rollingUpdate) setAbsent(rollingUpdate, 'maxSurge', 0);
}

function defaultStatefulSet(statefulSet: JsonObject): void {
  const spec = objectAt(statefulSet, 'spec');
  setDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
  typeClaims(spec);
  const strategy = objectAt(spec, 'updateStrategy');
  if (!strategy['type']) {
    strategy['type'] = 'RollingUpdate';
    objectAt(strategy, 'rollingUpdate');
  }
  const rollingUpdate = optionalObject(strategy, 'rollingUpdate');
  if (strategy['type'] === 'RollingUpdate' && rollingUpdate) {
    setDefault(rollingUpdate, 'partition', 0);
  }
  setDefaults(objectAt(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
}

/** Claims in a template carry their type, whatever was said of it. */
function typeClaims(spec: JsonObject): void {
  for (const claim of objectsAt(spec, 'volumeClaimTemplates')) {
    Object.assign(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
  }
}

export const appsDefaults: Record<string, TypeDefault> = {
  'api.apps.v1.Deployment': defaultDeployment,
  'api.apps.v1.DaemonSet': defaultDaemonSet,
  'api.apps.v1.StatefulSet': defaultStatefulSet,
  'api.apps.v1.ReplicaSet': (replicaSet) => setDefault(objectAt(replicaSet, 'spec'), 'replicas', 1),
};
