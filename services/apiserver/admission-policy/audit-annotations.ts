import type { Violation } from './evaluate-policy.ts';
import type { BoundPolicy } from './policy-reader.ts';

/** What policies leave in the audit log. Source: k8s.io/apiserver, `pkg/admission/plugin/policy/validating/dispatcher.go`. */

const FAILURE = 'validation.policy.admission.k8s.io/validation_failure';
const LONGEST_VALUE = 10 * 1024;

export type Annotate = (key: string, value: string) => void;

/** Only the first of a request is kept, as all annotations are. */
export function annotateFailure(annotate: Annotate, { binding }: BoundPolicy, { message, index }: Violation): void {
  const { policyName = '', validationActions = [] } = binding.spec ?? {};
  const failure = {
    message,
    policy: policyName,
    binding: binding.metadata.name ?? '',
    expressionIndex: index,
    validationActions,
  };
  annotate(FAILURE, JSON.stringify([failure]));
}

/** What the annotations of one policy came to, under all its bindings: different values of a key follow one another. */
export interface CollectedAnnotations {
  add: (key: string, value: string) => void;
  publish: (annotate: Annotate) => void;
}

export function newCollectedAnnotations(policy: string): CollectedAnnotations {
  const collected = new Map<string, Set<string>>();
  return {
    add: (key, value) => {
      const cut = Buffer.from(value).subarray(0, LONGEST_VALUE).toString();
      collected.set(key, (collected.get(key) ?? new Set()).add(cut));
    },
    publish: (annotate) => {
      for (const [key, values] of collected) annotate(`${policy}/${key}`, [...values].join(', '));
    },
  };
}
