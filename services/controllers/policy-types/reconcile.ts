import {
  type ExpressionWarning,
  type ValidatingAdmissionPolicy,
  validatingAdmissionPolicies,
} from '../../../shared/apis/admissionregistration/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';

/**
 * Makes true: the status of a ValidatingAdmissionPolicy says what the types of its expressions have wrong, once for each of its generations. Owns `observedGeneration`
 * and `typeChecking`, as upstream's controller of the same name.
 */
export interface PolicyTypesDeps {
  client: KubeClient;
  getPolicy: (name: string) => ValidatingAdmissionPolicy | undefined;
  warningsOf: PolicyTypeCheck;
}

export type PolicyTypeCheck = (policy: ValidatingAdmissionPolicy) => ExpressionWarning[];

const MANAGER = 'validatingadmissionpolicy-status';

export async function reconcilePolicyTypes(
  { client, getPolicy, warningsOf }: PolicyTypesDeps,
  name: string,
  signal: AbortSignal,
): Promise<undefined> {
  const policy = getPolicy(name);
  const observedGeneration = policy?.metadata.generation ?? 0;
  if (!policy || observedGeneration <= (policy.status?.observedGeneration ?? 0)) return undefined;
  const expressionWarnings = warningsOf(policy);
  const status = { observedGeneration, typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {} };
  const { group, version, kind } = validatingAdmissionPolicies;
  const told: ValidatingAdmissionPolicy = { apiVersion: `${group}/${version}`, kind, metadata: { name }, status };
  const options = { subresource: 'status', fieldManager: MANAGER, force: true, signal };
  await client.apply(validatingAdmissionPolicies, told, options);
  return undefined;
}
