import type { KubeObject } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';

/** Of a ValidatingAdmissionPolicy, what controllers look at. Source: Kubernetes API reference. */
export interface ValidatingAdmissionPolicy extends KubeObject {
  status?: {
    observedGeneration?: number;
    typeChecking?: { expressionWarnings?: ExpressionWarning[] };
  };
}

/** What an expression has wrong for a kind that it is about. */
export interface ExpressionWarning {
  fieldRef: string;
  warning: string;
}

export const validatingAdmissionPolicies: ResourceType<ValidatingAdmissionPolicy> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  resource: 'validatingadmissionpolicies',
  kind: 'ValidatingAdmissionPolicy',
  namespaced: false,
};
