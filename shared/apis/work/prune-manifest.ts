import type { ObjectMeta, Unstructured } from '../meta/v1.ts';

/**
 * Takes out of a manifest what only the cluster that it was read from could mean: server-set metadata, status, and fields that a
 * cluster allocates. Source: the wire contract, section 6.3. Kinds go by their name alone, whatever their group.
 */

type Json = Record<string, unknown>;

const SERVER_METADATA: (keyof ObjectMeta)[] = [
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
  'ownerReferences',
  'finalizers',
];

/** A copy; `manifest` stays as it was. */
export function pruneManifest(manifest: Unstructured): Unstructured {
  const pruned = JSON.parse(JSON.stringify(manifest)) as Unstructured;
  for (const field of SERVER_METADATA) delete pruned.metadata[field];
  delete pruned['status'];
  if (Object.hasOwn(BY_KIND, pruned.kind)) BY_KIND[pruned.kind]?.(pruned);
  return pruned;
}

const BY_KIND: Record<string, (object: Unstructured) => void> = {
  Deployment: (object) => {
    removeKeys(object.metadata.annotations, [
      'deployment.kubernetes.io/revision',
      'deployment.kubernetes.io/revision-history',
    ]);
  },
  Job: pruneJob,
  Secret: (object) => {
    if (object['type'] !== 'kubernetes.io/service-account-token') return;
    delete object['data'];
    removeKeys(object.metadata.annotations, ['kubernetes.io/service-account.uid']);
  },
  ServiceAccount: (object) => {
    const secrets = object['secrets'];
    if (!Array.isArray(secrets)) return;
    const prefix = `${object.metadata.name ?? ''}-token-`;
    object['secrets'] = secrets.filter((secret: Json) => !String(secret?.['name']).startsWith(prefix));
  },
  Service: (object) => {
    const spec = asObject(object['spec']);
    if (spec?.['clusterIP'] !== 'None') removeKeys(spec, ['clusterIP', 'clusterIPs']);
  },
  PersistentVolumeClaim: (object) => {
    removeKeys(object.metadata.annotations, ['volume.kubernetes.io/selected-node']);
  },
};

const JOB_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

function pruneJob(object: Unstructured): void {
  const spec = asObject(object['spec']);
  if (!spec) return;
  delete spec['ttlSecondsAfterFinished'];
  if (spec['manualSelector'] === true) return;
  removeKeys(asObject(asObject(spec['selector'])?.['matchLabels']), JOB_LABELS);
  removeKeys(asObject(asObject(asObject(spec['template'])?.['metadata'])?.['labels']), JOB_LABELS);
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function removeKeys(object: Json | undefined, keys: string[]): void {
  for (const key of keys) delete object?.[key];
}
