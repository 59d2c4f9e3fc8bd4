import { isDeepStrictEqual } from 'node:util';
import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { mayBeNamed, notNegative } from './pod-spec/field-rules.ts';
import { claimWarnings } from './pod-spec/volume-warnings.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { type UpdateStrategy, validateStatefulRollout } from './rollouts.ts';
import { type ClaimSpec, validateClaimSpec } from './validate-claim.ts';
import { type CountRules, collisionChange, validateCounts, withinReplicas } from './workload-counts.ts';
import {
  isMalformed,
  type PodTemplate,
  runsForEver,
  shownSelector,
  validateSelection,
  validateSelector,
  validateTemplate,
  validateTemplateMetadata,
} from './workload-templates.ts';

/** StatefulSets: pods with names and claims of their own. */

interface StatefulSetSpec {
  replicas?: number;
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  serviceName?: string;
  podManagementPolicy?: string;
  selector?: LabelSelector;
  template?: PodTemplate;
  updateStrategy?: UpdateStrategy;
  ordinals?: { start?: number };
  persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string };
  volumeClaimTemplates?: { metadata?: { name?: string }; spec?: ClaimSpec }[];
}

const specOf = (object: Unstructured): StatefulSetSpec => (object['spec'] ?? {}) as StatefulSetSpec;

export const statefulSetStrategy: Strategy = {
  nameRule: isDnsLabel,
  validate: (object) => validateSpec(specOf(object)),
  validateCreate: (object) => [
    ...mayBeNamed('spec.serviceName', specOf(object).serviceName, isDnsLabel),
    ...(specOf(object).volumeClaimTemplates ?? []).flatMap(({ spec = {} }, index) =>
      validateClaimSpec(spec, `spec.volumeClaimTemplates[${index}].spec`),
    ),
  ],
  warningsOf: (object, old) => [
    ...podWarnings(specOf(object).template ?? {}, 'spec.template'),
    ...(specOf(object).volumeClaimTemplates ?? []).flatMap(({ spec = {} }, index) =>
      claimWarnings(spec, `spec.volumeClaimTemplates[${index}]${old ? '.Spec' : ''}`),
    ),
    ...((specOf(object).revisionHistoryLimit ?? 0) < 0 ? [HISTORY_TEXT] : []),
  ],
  validateSubresource: (object, old, subresource) =>
    subresource === 'status' ? [...validateCounts(object, COUNTED), ...collisionChange(object, old)] : [],
  validateUpdate: (object, old) =>
    isDeepStrictEqual(fixedPart(object), fixedPart(old)) ? [] : [forbidden('spec', FIXED)],
};

const COUNTED: CountRules = {
  counts: [
    ...['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
    ...['observedGeneration', 'collisionCount'],
  ],
  limits: [
    ...withinReplicas('readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'),
    ['availableReplicas', 'readyReplicas', 'cannot be greater than status.readyReplicas'],
  ],
};

const HISTORY_TEXT =
  'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended';

const FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

const CHANGING = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function fixedPart({ spec }: Unstructured): object {
  return Object.fromEntries(Object.entries(spec ?? {}).filter(([name]) => !CHANGING.includes(name)));
}

function validateSpec(spec: StatefulSetSpec): StatusCause[] {
  const { podManagementPolicy: policy = 'OrderedReady', selector } = spec;
  const template = templateOf(spec);
  const isPolicy = ['OrderedReady', 'Parallel'].includes(policy);
  const policyText = "must be 'OrderedReady' or 'Parallel'";
  return [
    ...(isPolicy ? [] : [invalid('spec.podManagementPolicy', policy, policyText)]),
    ...validateStatefulRollout(spec.updateStrategy ?? {}),
    ...validateRetention(spec),
    ...notNegative('spec.replicas', spec.replicas),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.ordinals.start', spec.ordinals?.start),
    ...(selector ? validateSelector(selector, 'statefulset') : [required('spec.selector')]),
    ...(isMalformed(selector)
      ? [invalid('spec.selector', shownSelector(selector ?? {}), '')]
      : [
          ...validateSelection(selector, template),
          ...validateTemplate(template, 'spec.template'),
          // Told twice, as upstream does.
          ...validateTemplateMetadata(template, 'spec.template'),
        ]),
    ...runsForEver(template, 'StatefulSet'),
  ];
}

function validateRetention({ persistentVolumeClaimRetentionPolicy: policy }: StatefulSetSpec): StatusCause[] {
  const values = ['Retain', 'Delete'];
  return (['whenDeleted', 'whenScaled'] as const).flatMap((when) => {
    const value = policy?.[when];
    const field = `spec.persistentVolumeClaimRetentionPolicy.${when}`;
    return value === undefined || values.includes(value) ? [] : [notSupported(field, value, values)];
  });
}

/** As its pods will have it: with volumes for its claims, and without the names that they get. */
function templateOf({ template = {}, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplate {
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''));
  const { hostname: _hostname, subdomain: _subdomain, ...spec } = template.spec ?? {};
  const volumes = [
    ...[...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(spec.volumes ?? []).filter(({ name = '' }) => !names.has(name)),
  ];
  return { ...template, spec: { ...spec, volumes } };
}
