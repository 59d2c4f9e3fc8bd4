import type { Change, Storage } from '../../storage/backend.ts';
import { newStoreView } from '../store-view.ts';
import type { AdmissionPolicy, AdmissionPolicyBinding } from './policy-types.ts';

/** The policies in a store and their bindings, parsed once and kept current by its change log. */
export interface PolicyReader {
  /** Each binding with its policy; a binding to nothing decides nothing. Throws where they can't be read. */
  bound(): readonly BoundPolicy[];
  close(): void;
}

export interface BoundPolicy {
  policy: AdmissionPolicy;
  binding: AdmissionPolicyBinding;
}

const PREFIX = '/admissionregistration.k8s.io/validatingadmissionpolic';

interface Tables {
  policies: Map<string, AdmissionPolicy>;
  bindings: Map<string, AdmissionPolicyBinding>;
  bound: readonly BoundPolicy[];
}

export function newPolicyReader(storage: Storage): PolicyReader {
  const view = newStoreView<Tables>(storage, {
    prefix: PREFIX,
    make: (entries) => {
      const tables: Tables = { policies: new Map(), bindings: new Map(), bound: [] };
      for (const { key, value } of entries) take(tables, { type: 'put', key, value });
      return { ...tables, bound: joined(tables) };
    },
    take: (tables, change) => {
      take(tables, change);
      tables.bound = joined(tables);
    },
  });
  return { bound: () => view.current().bound, close: view.close };
}

function take({ policies, bindings }: Tables, { type, key, value }: Pick<Change, 'type' | 'key' | 'value'>): void {
  const table: Map<string, unknown> = key.split('/')[2] === 'validatingadmissionpolicies' ? policies : bindings;
  const name = key.split('/').at(-1) ?? '';
  if (type === 'put') table.set(name, JSON.parse(Buffer.from(value).toString()));
  else table.delete(name);
}

/** By name, so that the same write is always refused by the same policy. */
function joined({ policies, bindings }: Tables): BoundPolicy[] {
  return [...bindings.keys()].sort().flatMap((name) => {
    const binding = bindings.get(name);
    const policy = policies.get(binding?.spec?.policyName ?? '');
    return binding && policy ? [{ policy, binding }] : [];
  });
}
