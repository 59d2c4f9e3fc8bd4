import {
  ageColumn,
  at,
  type BuiltinColumn,
  type Cell,
  column,
  count,
  flag,
  listAt,
  nameColumn,
  text,
  textsAt,
} from './column.ts';

/** Columns of CSI drivers, dynamic resources and flow control, as kubectl shows them. */

const tokenRequests: Cell = (object) => {
  if (!at(object, 'spec.tokenRequests')) return '<unset>';
  return listAt(object, 'spec.tokenRequests')
    .map(({ audience }) => audience)
    .join(',');
};

const claimState: Cell = (object) => {
  const isDeleted = object.metadata.deletionTimestamp !== undefined;
  const isAllocated = Boolean(at(object, 'status.allocation'));
  const isReserved = isAllocated && listAt(object, 'status.reservedFor').length > 0;
  const states = [
    ...(isDeleted ? ['deleted'] : []),
    ...(isAllocated ? ['allocated'] : isDeleted ? [] : ['pending']),
    ...(isReserved ? ['reserved'] : []),
  ];
  return states.join(',');
};

const dangling: Cell = (object) =>
  listAt(object, 'status.conditions').find(({ type }) => type === 'Dangling')?.['status'] ?? '?';

const ifPresent =
  (path: string): Cell =>
  (object) =>
    at(object, path) ?? '<none>';

const queuing = 'spec.limited.limitResponse.queuing';

export const deviceAndFlowColumns: Record<string, BuiltinColumn[]> = {
  'csidrivers.storage.k8s.io': [
    nameColumn,
    column('AttachRequired', flag('spec.attachRequired', true), 'boolean'),
    column('PodInfoOnMount', flag('spec.podInfoOnMount'), 'boolean'),
    column('StorageCapacity', flag('spec.storageCapacity'), 'boolean'),
    column('TokenRequests', tokenRequests),
    column('RequiresRepublish', flag('spec.requiresRepublish'), 'boolean'),
    column('Modes', (object) => textsAt(object, 'spec.volumeLifecycleModes').join(',') || '<none>'),
    ageColumn,
  ],
  'volumeattributesclasses.storage.k8s.io': [nameColumn, column('DriverName', text('driverName')), ageColumn],
  'deviceclasses.resource.k8s.io': [nameColumn, ageColumn],
  'resourceclaims.resource.k8s.io': [nameColumn, column('State', claimState), ageColumn],
  'resourceclaimtemplates.resource.k8s.io': [nameColumn, ageColumn],
  'resourceslices.resource.k8s.io': [
    nameColumn,
    column('Node', text('spec.nodeName')),
    column('Driver', text('spec.driver')),
    column('Pool', text('spec.pool.name')),
    ageColumn,
  ],
  'flowschemas.flowcontrol.apiserver.k8s.io': [
    nameColumn,
    column('PriorityLevel', text('spec.priorityLevelConfiguration.name')),
    column('MatchingPrecedence', count('spec.matchingPrecedence')),
    column('DistinguisherMethod', text('spec.distinguisherMethod.type', '<none>')),
    ageColumn,
    column('MissingPL', dangling),
  ],
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': [
    nameColumn,
    column('Type', text('spec.type')),
    column('NominalConcurrencyShares', ifPresent('spec.limited.nominalConcurrencyShares')),
    column('Queues', ifPresent(`${queuing}.queues`)),
    column('HandSize', ifPresent(`${queuing}.handSize`)),
    column('QueueLengthLimit', ifPresent(`${queuing}.queueLengthLimit`)),
    ageColumn,
  ],
};
