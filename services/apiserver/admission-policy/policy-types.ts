import type { KubeObject } from '../../../shared/apis/meta/v1.ts';

/** The parts of admissionregistration.k8s.io/v1 that deciding about a write reads. */

export interface ResourceRule {
  apiGroups?: string[] | null;
  apiVersions?: string[] | null;
  resources?: string[] | null;
  operations?: string[] | null;
  resourceNames?: string[] | null;
  scope?: string | null;
}

export interface MatchResources {
  resourceRules?: ResourceRule[] | null;
  excludeResourceRules?: ResourceRule[] | null;
  /** `Equivalent` unless it says otherwise. */
  matchPolicy?: 'Exact' | 'Equivalent' | null;
  namespaceSelector?: object | null;
  objectSelector?: object | null;
}

export interface Validation {
  expression: string;
  message?: string;
  messageExpression?: string;
  reason?: 'Unauthorized' | 'Forbidden' | 'Invalid' | 'RequestEntityTooLarge';
}

export interface NamedExpression {
  name: string;
  expression: string;
}

export interface AdmissionPolicy extends KubeObject {
  spec?: {
    failurePolicy?: 'Fail' | 'Ignore' | null;
    paramKind?: { apiVersion?: string; kind?: string } | null;
    matchConstraints?: MatchResources | null;
    matchConditions?: NamedExpression[] | null;
    variables?: NamedExpression[] | null;
    validations?: Validation[] | null;
    auditAnnotations?: { key: string; valueExpression: string }[] | null;
  };
}

export interface AdmissionPolicyBinding extends KubeObject {
  spec?: {
    policyName?: string;
    paramRef?: ParamRef | null;
    matchResources?: MatchResources | null;
    validationActions?: ('Deny' | 'Warn' | 'Audit')[] | null;
  };
}

export interface ParamRef {
  name?: string;
  namespace?: string;
  selector?: object | null;
  parameterNotFoundAction?: 'Allow' | 'Deny' | null;
}
