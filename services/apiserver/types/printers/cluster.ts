import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import {
  ageColumn,
  at,
  type BuiltinColumn,
  type Cell,
  column,
  count,
  listAt,
  mapAt,
  nameColumn,
  size,
  text,
  wide,
} from './column.ts';
import { age, humanDuration } from './human-duration.ts';

/** Columns of the core kinds that run nothing (namespaces, nodes, events, secrets, …), of leases, signing requests and APIServices. */

const nodeStatus: Cell = (object) => {
  const ready = listAt(object, 'status.conditions').find(({ type }) => type === 'Ready');
  const state = ready ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return at(object, 'spec.unschedulable') === true ? `${state},SchedulingDisabled` : state;
};

const rolePrefix = 'node-role.kubernetes.io/';

const nodeRoles: Cell = (object) => {
  const labels = Object.entries(object.metadata.labels ?? {});
  const roles = labels.flatMap(([name, value]) => {
    if (name.startsWith(rolePrefix)) return [name.slice(rolePrefix.length)];
    return name === 'kubernetes.io/role' ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort().join(',') || '<none>';
};

const nodeAddress =
  (type: string): Cell =>
  (object) =>
    String(listAt(object, 'status.addresses').find((address) => address['type'] === type)?.['address'] ?? '<none>');

const kernel: Cell = (object) => {
  const { kernelVersion, architecture } = mapAt(object, 'status.nodeInfo');
  return `${kernelVersion || '<unknown>'}${architecture ? ` (${architecture})` : ''}`;
};

/** Events of both groups: `deprecated…`, `regarding` and `note` are the younger names. */
function firstSeen(object: Unstructured, nowMs: number): string {
  const first = at(object, 'firstTimestamp') ?? at(object, 'deprecatedFirstTimestamp') ?? at(object, 'eventTime');
  return age(first, nowMs);
}

const lastSeen: Cell = (object, nowMs) => {
  const series = at(object, 'series.lastObservedTime');
  if (series) return age(series, nowMs);
  const last = at(object, 'lastTimestamp') ?? at(object, 'deprecatedLastTimestamp');
  return last ? age(last, nowMs) : firstSeen(object, nowMs);
};

const about = (object: Unstructured): Record<string, unknown> => ({
  ...mapAt(object, 'involvedObject'),
  ...mapAt(object, 'regarding'),
});

const eventObject: Cell = (object) => {
  const { kind, name } = about(object);
  const what = String(kind ?? '').toLowerCase();
  return name ? `${what}/${name}` : what;
};

const eventSource: Cell = (object) => {
  const source = { ...mapAt(object, 'source'), ...mapAt(object, 'deprecatedSource') };
  const reporter = at(object, 'reportingComponent') ?? at(object, 'reportingController');
  const component = source['component'] || reporter || '';
  const host = source['host'] || at(object, 'reportingInstance') || '';
  return host === '' ? String(component) : `${component}, ${host}`;
};

const eventCount: Cell = (object) =>
  Number(at(object, 'series.count') ?? (at(object, 'count') || at(object, 'deprecatedCount') || 1));

const eventColumns: BuiltinColumn[] = [
  column('Last Seen', lastSeen),
  column('Type', text('type')),
  column('Reason', text('reason')),
  column('Object', eventObject),
  wide('Subobject', (object) => String(about(object)['fieldPath'] ?? '')),
  wide('Source', eventSource),
  column('Message', (object) => String(at(object, 'message') ?? at(object, 'note') ?? '').trim()),
  wide('First Seen', firstSeen),
  wide('Count', eventCount),
  { ...nameColumn, priority: 1 },
];

/** Denied before Approved, as upstream. */
const csrCondition: Cell = (object) => {
  const types = listAt(object, 'status.conditions').map(({ type }) => type);
  const decision = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  return `${decision}${failed}${at(object, 'status.certificate') ? ',Issued' : ''}`;
};

const requestedDuration: Cell = (object) => {
  const seconds = at(object, 'spec.expirationSeconds');
  return typeof seconds === 'number' ? humanDuration(seconds * 1000) : '<none>';
};

/** Used of hard for each resource; limits are a column of their own. */
const quota =
  (limits: boolean): Cell =>
  (object) => {
    const used = mapAt(object, 'status.used');
    return Object.entries(mapAt(object, 'status.hard'))
      .filter(([name]) => name.startsWith('limits.') === limits)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, hard]) => `${name}: ${used[name] ?? 0}/${hard}`)
      .join(', ');
  };

const apiServiceTarget: Cell = (object) => {
  const { namespace, name } = mapAt(object, 'spec.service');
  return name ? `${namespace}/${name}` : 'Local';
};

const apiServiceAvailable: Cell = (object) => {
  const condition = listAt(object, 'status.conditions').find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  const { status, reason } = condition;
  return status === 'True' || !reason ? String(status) : `${status} (${reason})`;
};

export const clusterColumns: Record<string, BuiltinColumn[]> = {
  namespaces: [nameColumn, column('Status', text('status.phase')), ageColumn],
  nodes: [
    nameColumn,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    ageColumn,
    column('Version', text('status.nodeInfo.kubeletVersion')),
    wide('Internal-IP', nodeAddress('InternalIP')),
    wide('External-IP', nodeAddress('ExternalIP')),
    wide('OS-Image', text('status.nodeInfo.osImage', '<unknown>')),
    wide('Kernel-Version', kernel),
    wide('Container-Runtime', text('status.nodeInfo.containerRuntimeVersion', '<unknown>')),
  ],
  events: eventColumns,
  'events.events.k8s.io': eventColumns,
  secrets: [nameColumn, column('Type', text('type')), column('Data', size('data')), ageColumn],
  configmaps: [
    nameColumn,
    column('Data', (object, nowMs) => Number(size('data')(object, nowMs)) + Number(size('binaryData')(object, nowMs))),
    ageColumn,
  ],
  serviceaccounts: [nameColumn, ageColumn],
  resourcequotas: [nameColumn, column('Request', quota(false)), column('Limit', quota(true)), ageColumn],
  'leases.coordination.k8s.io': [nameColumn, column('Holder', text('spec.holderIdentity')), ageColumn],
  'certificatesigningrequests.certificates.k8s.io': [
    nameColumn,
    ageColumn,
    column('SignerName', text('spec.signerName', '<none>')),
    column('Requestor', text('spec.username')),
    column('RequestedDuration', requestedDuration),
    column('Condition', csrCondition),
  ],
  'apiservices.apiregistration.k8s.io': [
    nameColumn,
    column('Service', apiServiceTarget),
    column('Available', apiServiceAvailable),
    ageColumn,
  ],
  'priorityclasses.scheduling.k8s.io': [
    nameColumn,
    column('Value', count('value'), 'integer'),
    column('Global-Default', (object) => at(object, 'globalDefault') ?? false, 'boolean'),
    ageColumn,
    column('PreemptionPolicy', text('preemptionPolicy')),
  ],
  'runtimeclasses.node.k8s.io': [nameColumn, column('Handler', text('handler')), ageColumn],
};
