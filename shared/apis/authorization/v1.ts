import type { KubeObject } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';

/** authorization.k8s.io/v1 and authentication.k8s.io/v1: questions about who may do what. */

export interface ResourceAttributes {
  namespace?: string;
  verb?: string;
  group?: string;
  version?: string;
  resource?: string;
  subresource?: string;
  name?: string;
  fieldSelector?: SelectorAttributes;
  labelSelector?: SelectorAttributes;
}

/** Which objects of a list are asked about: as text, or in parts. */
export interface SelectorAttributes {
  rawSelector?: string;
  requirements?: { key: string; operator: string; values?: string[] }[];
}

export interface NonResourceAttributes {
  path?: string;
  verb?: string;
}

export interface SubjectAccessReviewStatus {
  allowed: boolean;
  denied?: boolean;
  reason?: string;
  evaluationError?: string;
}

export interface SubjectAccessReview extends KubeObject {
  spec: {
    resourceAttributes?: ResourceAttributes;
    nonResourceAttributes?: NonResourceAttributes;
    user?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
    uid?: string;
  };
  status?: SubjectAccessReviewStatus;
}

export interface SelfSubjectAccessReview extends KubeObject {
  spec: { resourceAttributes?: ResourceAttributes; nonResourceAttributes?: NonResourceAttributes };
  status?: SubjectAccessReviewStatus;
}

const common = { group: 'authorization.k8s.io', version: 'v1', namespaced: false } as const;

export const subjectAccessReviews: ResourceType<SubjectAccessReview> = {
  ...common,
  resource: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
};
export const selfSubjectAccessReviews: ResourceType<SelfSubjectAccessReview> = {
  ...common,
  resource: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
};
