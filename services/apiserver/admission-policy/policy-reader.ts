import type { Change, Storage } from '../../storage/backend.ts';
import type { AdmissionPolicy, AdmissionPolicyBinding } from './policy-types.ts';

/** The policies in a store and their bindings, parsed once and kept current by its change log. */
export interface PolicyReader {
  /** Each binding with its policy; a binding to nothing decides nothing. */
  bound(): readonly BoundPolicy[];
  close(): void;
}

export interface BoundPolicy {
  policy: AdmissionPolicy;
  binding: AdmissionPolicyBinding;
}

const PREFIX = '/admissionregistration.k8s.io/validatingadmissionpolic';

export function newPolicyReader(storage: Storage): PolicyReader {
  const policies = new Map<string, AdmissionPolicy>();
  const bindings = new Map<string, AdmissionPolicyBinding>();
  let bound: readonly BoundPolicy[] = [];
  const tableOf = (key: string): Map<string, unknown> =>
    key.split('/')[2] === 'validatingadmissionpolicies' ? policies : bindings;
  const take = ({ type, key, value }: Pick<Change, 'type' | 'key' | 'value'>): void => {
    const name = key.split('/').at(-1) ?? '';
    if (type === 'put') tableOf(key).set(name, JSON.parse(Buffer.from(value).toString()));
    else tableOf(key).delete(name);
    bound = joined(policies, bindings);
  };
  const { entries, revision } = storage.list({ prefix: PREFIX });
  for (const { key, value } of entries) take({ type: 'put', key, value });
  const watch = storage.watch(PREFIX, revision, take);
  return { bound: () => bound, close: () => watch.cancel() };
}

/** By name, so that the same write is always refused by the same policy. */
function joined(policies: Map<string, AdmissionPolicy>, bindings: Map<string, AdmissionPolicyBinding>): BoundPolicy[] {
  return [...bindings.keys()].sort().flatMap((name) => {
    const binding = bindings.get(name);
    const policy = policies.get(binding?.spec?.policyName ?? '');
    return binding && policy ? [{ policy, binding }] : [];
  });
}
