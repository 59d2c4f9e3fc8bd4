import type { Strategy } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import { apiServiceStrategy } from './api-services.ts';
import { conditionTypeCauses } from './flow-control/condition-types.ts';
import { emptyNamespacesAreNone, validateFlowSchema } from './flow-control/flow-schemas.ts';
import { validatePriorityLevel } from './flow-control/priority-levels.ts';
import { limitRangeStrategy } from './limit-ranges.ts';
import { mutatingBindingStrategy, mutatingPolicyStrategy } from './mutating-policies.ts';
import { resourceQuotaStrategy } from './resource-quotas.ts';
import { webhookConfigurationStrategy } from './webhook-configurations.ts';

/** Kinds that are stored like all others and that nothing here acts on: whoever writes one is told, instead of trusting in vain. */

const unheeded = (warning: string, more: Strategy = {}): Strategy => ({ ...more, warningsOf: () => [warning] });

const flowControl = (validate: NonNullable<Strategy['validate']>, more: Strategy = {}): Strategy =>
  unheeded('this API server limits requests per user: the object is stored and changes nothing', {
    ...more,
    allowsUnconditionalUpdate: true,
    fixedInStatus: ALL_FIXED,
    validate,
    validateSubresource: conditionTypeCauses,
  });

/** By `<plural>` or `<plural>.<group>`. */
export const unheededKinds: Record<string, Strategy> = {
  resourcequotas: resourceQuotaStrategy,
  limitranges: limitRangeStrategy,
  'apiservices.apiregistration.k8s.io': apiServiceStrategy,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationStrategy,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationStrategy,
  'mutatingadmissionpolicies.admissionregistration.k8s.io': mutatingPolicyStrategy,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': mutatingBindingStrategy,
  'flowschemas.flowcontrol.apiserver.k8s.io': flowControl(validateFlowSchema, {
    prepareForCreate: emptyNamespacesAreNone,
    prepareForUpdate: emptyNamespacesAreNone,
  }),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': flowControl(validatePriorityLevel),
};
