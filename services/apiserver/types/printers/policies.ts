import type { JsonObject } from '../json-value.ts';
import {
  ageColumn,
  at,
  type BuiltinColumn,
  type Cell,
  column,
  count,
  flag,
  listAt,
  mapAt,
  nameColumn,
  size,
  text,
  textsAt,
  wide,
} from './column.ts';
import { selectorText } from './selectors.ts';

/** Columns of RBAC bindings, storage, admission, autoscaling, disruption budgets and flow control, as kubectl shows them. */

const roleRef: Cell = (object) => `${at(object, 'roleRef.kind') ?? ''}/${at(object, 'roleRef.name') ?? ''}`;

const subjects = (kind: string, print: (subject: JsonObject) => unknown): Cell => {
  return (object) =>
    listAt(object, 'subjects')
      .filter((subject) => subject['kind'] === kind)
      .map(print)
      .join(', ');
};

const bindingColumns: BuiltinColumn[] = [
  nameColumn,
  column('Role', roleRef),
  ageColumn,
  wide(
    'Users',
    subjects('User', ({ name }) => name),
  ),
  wide(
    'Groups',
    subjects('Group', ({ name }) => name),
  ),
  wide(
    'ServiceAccounts',
    subjects('ServiceAccount', ({ namespace, name }) => `${namespace ?? ''}/${name}`),
  ),
];

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

const accessModes = (object: unknown, path: string): string => {
  const present = textsAt(object, path);
  return Object.entries(shortModes)
    .filter(([mode]) => present.includes(mode))
    .map(([, short]) => short)
    .join(',');
};

const volumePhase: Cell = (object) =>
  object.metadata.deletionTimestamp ? 'Terminating' : String(at(object, 'status.phase') ?? '');

const claimOf: Cell = (object) => {
  const { namespace, name } = mapAt(object, 'spec.claimRef');
  return name ? `${namespace ?? ''}/${name}` : '';
};

const ifBound =
  (cell: Cell): Cell =>
  (object, nowMs) =>
    at(object, 'spec.volumeName') ? cell(object, nowMs) : '';

const betaClass = 'volume.beta.kubernetes.io/storage-class';
const storageClass: Cell = (object) =>
  object.metadata.annotations?.[betaClass] ?? String(at(object, 'spec.storageClassName') ?? '');

const storageClassName: Cell = (object) => {
  const isDefault = object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  return `${object.metadata.name ?? ''}${isDefault ? ' (default)' : ''}`;
};

const paramKind: Cell = (object) => {
  const { apiVersion, kind } = mapAt(object, 'spec.paramKind');
  return kind ? `${apiVersion}/${kind}` : '<unset>';
};

const paramRef: Cell = (object) => {
  const { namespace, name, selector } = mapAt(object, 'spec.paramRef');
  if (name) return `${namespace || '*'}/${name}`;
  return selector ? selectorText(selector) : '<unset>';
};

const percent = (used: unknown): string => (used === undefined || used === null ? '<unknown>' : `${used}%`);

function metric(spec: JsonObject, status: JsonObject | undefined): string {
  const field = String(spec['type'] ?? '').replace(/^./, (letter) => letter.toLowerCase());
  const target = mapAt(spec, `${field}.target`);
  const current = mapAt(status, `${field}.current`);
  const name = field === 'resource' || field === 'containerResource' ? `${at(spec, `${field}.name`)}: ` : '';
  if (target['averageUtilization'] !== undefined) {
    return `${name}${percent(current['averageUtilization'])}/${target['averageUtilization']}%`;
  }
  const isAverage = target['averageValue'] !== undefined;
  const shown = isAverage ? current['averageValue'] : current['value'];
  const note = isAverage && (field === 'object' || field === 'external') ? ' (avg)' : '';
  return `${name}${shown ?? '<unknown>'}/${isAverage ? target['averageValue'] : (target['value'] ?? '<auto>')}${note}`;
}

const metrics: Cell = (object) => {
  const statuses = listAt(object, 'status.currentMetrics');
  const all = listAt(object, 'spec.metrics').map((spec, index) => metric(spec, statuses[index]));
  if (all.length === 0) return legacyMetric(object);
  return all.length > 2 ? `${all.slice(0, 2).join(', ')} + ${all.length - 2} more...` : all.join(', ');
};

/** autoscaling/v1 has one metric, in fields of its own. */
function legacyMetric(object: unknown): string {
  const target = at(object, 'spec.targetCPUUtilizationPercentage');
  if (target === undefined) return '<none>';
  return `cpu: ${percent(at(object, 'status.currentCPUUtilizationPercentage'))}/${target}%`;
}

const policyColumns = (counted: string, path: string): BuiltinColumn[] => [
  nameColumn,
  column(counted, size(path), 'integer'),
  column('ParamKind', paramKind),
  ageColumn,
];

const policyBindingColumns: BuiltinColumn[] = [
  nameColumn,
  column('PolicyName', text('spec.policyName')),
  column('ParamRef', paramRef),
  ageColumn,
];

const webhookColumns: BuiltinColumn[] = [nameColumn, column('Webhooks', size('webhooks'), 'integer'), ageColumn];

export const policyColumnsByKind: Record<string, BuiltinColumn[]> = {
  'rolebindings.rbac.authorization.k8s.io': bindingColumns,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns,
  'poddisruptionbudgets.policy': [
    nameColumn,
    column('Min Available', text('spec.minAvailable', 'N/A')),
    column('Max Unavailable', text('spec.maxUnavailable', 'N/A')),
    column('Allowed Disruptions', count('status.disruptionsAllowed'), 'integer'),
    ageColumn,
  ],
  'horizontalpodautoscalers.autoscaling': [
    nameColumn,
    column(
      'Reference',
      (object) => `${at(object, 'spec.scaleTargetRef.kind')}/${at(object, 'spec.scaleTargetRef.name')}`,
    ),
    column('Targets', metrics),
    column('MinPods', text('spec.minReplicas', '<unset>')),
    column('MaxPods', count('spec.maxReplicas')),
    column('Replicas', count('status.currentReplicas')),
    ageColumn,
  ],
  persistentvolumes: [
    nameColumn,
    column('Capacity', text('spec.capacity.storage', '0')),
    column('Access Modes', (object) => accessModes(object, 'spec.accessModes')),
    column('Reclaim Policy', text('spec.persistentVolumeReclaimPolicy')),
    column('Status', volumePhase),
    column('Claim', claimOf),
    column('StorageClass', storageClass),
    column('VolumeAttributesClass', text('spec.volumeAttributesClassName', '<unset>')),
    column('Reason', text('status.reason')),
    ageColumn,
    wide('VolumeMode', text('spec.volumeMode', '<unset>')),
  ],
  persistentvolumeclaims: [
    nameColumn,
    column('Status', volumePhase),
    column('Volume', text('spec.volumeName')),
    column('Capacity', ifBound(text('status.capacity.storage', '0'))),
    column(
      'Access Modes',
      ifBound((object) => accessModes(object, 'status.accessModes')),
    ),
    column('StorageClass', storageClass),
    column('VolumeAttributesClass', text('spec.volumeAttributesClassName', '<unset>')),
    ageColumn,
    wide('VolumeMode', text('spec.volumeMode', '<unset>')),
  ],
  'storageclasses.storage.k8s.io': [
    { ...nameColumn, cell: storageClassName },
    column('Provisioner', text('provisioner')),
    column('ReclaimPolicy', text('reclaimPolicy', 'Delete')),
    column('VolumeBindingMode', text('volumeBindingMode', 'Immediate')),
    column('AllowVolumeExpansion', flag('allowVolumeExpansion')),
    ageColumn,
  ],
  'volumeattachments.storage.k8s.io': [
    nameColumn,
    { ...column('Attacher', text('spec.attacher')), format: 'name' },
    column('PV', text('spec.source.persistentVolumeName')),
    column('Node', text('spec.nodeName')),
    column('Attached', flag('status.attached'), 'boolean'),
    ageColumn,
  ],
  'csinodes.storage.k8s.io': [nameColumn, column('Drivers', size('spec.drivers'), 'integer'), ageColumn],
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookColumns,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookColumns,
  'validatingadmissionpolicies.admissionregistration.k8s.io': policyColumns('Validations', 'spec.validations'),
  'mutatingadmissionpolicies.admissionregistration.k8s.io': policyColumns('Mutations', 'spec.mutations'),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': policyBindingColumns,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': policyBindingColumns,
};
