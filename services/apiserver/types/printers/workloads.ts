import {
  ageCell,
  ageColumn,
  at,
  type BuiltinColumn,
  type Cell,
  column,
  count,
  listAt,
  mapAt,
  nameColumn,
  text,
  wide,
} from './column.ts';
import { age, humanDuration } from './human-duration.ts';
import { formatLabels, formatSelector, selectorText } from './selectors.ts';

/** Columns of the kinds that run pods, as kubectl shows them. */

const containersOf = (podPath: string, field: string): Cell => {
  const path = `${podPath}.containers`;
  return (object) =>
    listAt(object, path)
      .map((container) => String(container[field] ?? ''))
      .join(',');
};

function containerColumns(podPath: string): BuiltinColumn[] {
  return [wide('Containers', containersOf(podPath, 'name')), wide('Images', containersOf(podPath, 'image'))];
}

const templateContainers = containerColumns('spec.template.spec');
const selectorColumn = wide('Selector', (object) => formatSelector(at(object, 'spec.selector')));

const ratio =
  (part: string, whole: string): Cell =>
  (object) =>
    `${at(object, part) ?? 0}/${at(object, whole) ?? 0}`;

const replicaColumns: BuiltinColumn[] = [
  nameColumn,
  column('Desired', count('spec.replicas'), 'integer'),
  column('Current', count('status.replicas'), 'integer'),
  column('Ready', count('status.readyReplicas'), 'integer'),
  ageColumn,
  ...templateContainers,
];

const jobStates: [condition: string, shown: string][] = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
];
const laterJobStates = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

const jobStatus: Cell = (object) => {
  const isTrue = (type: string): boolean =>
    listAt(object, 'status.conditions').some(
      (condition) => condition['type'] === type && condition['status'] === 'True',
    );
  const final = jobStates.find(([condition]) => isTrue(condition));
  if (final) return final[1];
  if (object.metadata.deletionTimestamp) return 'Terminating';
  return laterJobStates.find(isTrue) ?? 'Running';
};

const jobCompletions: Cell = (object) => {
  const succeeded = at(object, 'status.succeeded') ?? 0;
  const wanted = at(object, 'spec.completions') ?? undefined;
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  const parallelism = Number(at(object, 'spec.parallelism') ?? 0);
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
};

const jobDuration: Cell = (object, nowMs) => {
  const start = at(object, 'status.startTime');
  const end = at(object, 'status.completionTime');
  if (typeof start !== 'string') return '';
  return humanDuration((typeof end === 'string' ? Date.parse(end) : nowMs) - Date.parse(start));
};

const suspended: Cell = (object) => {
  const value = at(object, 'spec.suspend');
  return value === undefined || value === null ? '<unset>' : value ? 'True' : 'False';
};

const controllerOf: Cell = (object) => {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return '<none>';
  const slash = owner.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`;
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
};

export const workloadColumns: Record<string, BuiltinColumn[]> = {
  'deployments.apps': [
    nameColumn,
    column('Ready', ratio('status.readyReplicas', 'spec.replicas')),
    column('Up-to-date', count('status.updatedReplicas')),
    column('Available', count('status.availableReplicas')),
    ageColumn,
    ...templateContainers,
    wide('Selector', (object) => selectorText(at(object, 'spec.selector'))),
  ],
  'replicasets.apps': [...replicaColumns, selectorColumn],
  replicationcontrollers: [
    ...replicaColumns,
    wide('Selector', (object) => formatLabels(mapAt(object, 'spec.selector'))),
  ],
  'statefulsets.apps': [
    nameColumn,
    column('Ready', ratio('status.readyReplicas', 'spec.replicas')),
    ageColumn,
    ...templateContainers,
  ],
  'daemonsets.apps': [
    nameColumn,
    column('Desired', count('status.desiredNumberScheduled'), 'integer'),
    column('Current', count('status.currentNumberScheduled'), 'integer'),
    column('Ready', count('status.numberReady'), 'integer'),
    column('Up-to-date', count('status.updatedNumberScheduled'), 'integer'),
    column('Available', count('status.numberAvailable'), 'integer'),
    column('Node Selector', (object) => formatLabels(mapAt(object, 'spec.template.spec.nodeSelector'))),
    ageColumn,
    ...templateContainers,
    selectorColumn,
  ],
  'controllerrevisions.apps': [
    nameColumn,
    column('Controller', controllerOf),
    column('Revision', count('revision')),
    ageColumn,
  ],
  'jobs.batch': [
    nameColumn,
    column('Status', jobStatus),
    column('Completions', jobCompletions),
    column('Duration', jobDuration),
    ageColumn,
    ...templateContainers,
    selectorColumn,
  ],
  'cronjobs.batch': [
    nameColumn,
    column('Schedule', text('spec.schedule')),
    column('Timezone', text('spec.timeZone', '<none>')),
    column('Suspend', suspended, 'boolean'),
    column('Active', (object) => listAt(object, 'status.active').length, 'integer'),
    column('Last Schedule', (object, nowMs) => {
      const last = at(object, 'status.lastScheduleTime');
      return last ? age(last, nowMs) : '<none>';
    }),
    column('Age', ageCell),
    ...containerColumns('spec.jobTemplate.spec.template.spec'),
    wide('Selector', (object) => formatSelector(at(object, 'spec.jobTemplate.spec.selector'))),
  ],
  podtemplates: [
    nameColumn,
    column('Containers', containersOf('template.spec', 'name')),
    column('Images', containersOf('template.spec', 'image')),
    column('Pod Labels', (object) => formatLabels(mapAt(object, 'template.metadata.labels'))),
  ],
};
