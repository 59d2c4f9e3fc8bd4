import { expect, test } from 'vitest';
import type { ExpressionWarning, ValidatingAdmissionPolicy } from '../../../shared/apis/admissionregistration/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { reconcilePolicyTypes } from './reconcile.ts';

const WARNING: ExpressionWarning = { fieldRef: 'spec.validations[0].expression', warning: 'no such field' };

/** What is told of a policy. */
async function told(
  policy: { generation: number; status?: ValidatingAdmissionPolicy['status'] } | undefined,
  warnings: ExpressionWarning[],
): Promise<unknown[]> {
  const applied: unknown[] = [];
  const client = {
    apply: async (
      _type: unknown,
      { status }: ValidatingAdmissionPolicy,
      { subresource, fieldManager }: object & Told,
    ) => void applied.push({ status, subresource, fieldManager }),
  } as unknown as KubeClient;
  const getPolicy = (name: string) =>
    policy && {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, generation: policy.generation },
      ...(policy.status ? { status: policy.status } : {}),
    };
  await reconcilePolicyTypes({ client, getPolicy, warningsOf: () => warnings }, 'p', new AbortController().signal);
  return applied;
}

interface Told {
  subresource?: string;
  fieldManager?: string;
}

const as = { subresource: 'status', fieldManager: 'validatingadmissionpolicy-status' };

test('a new policy is told what its types have wrong, or that nothing is', async () => {
  const status = { observedGeneration: 1, typeChecking: { expressionWarnings: [WARNING] } };
  expect(await told({ generation: 1 }, [WARNING])).toEqual([{ ...as, status }]);
  expect(await told({ generation: 1 }, [])).toEqual([{ ...as, status: { observedGeneration: 1, typeChecking: {} } }]);
});

test('a changed policy is told anew, and one that is not is left alone', async () => {
  const status = { observedGeneration: 1, typeChecking: {} };
  expect(await told({ generation: 2, status }, [])).toEqual([{ ...as, status: { ...status, observedGeneration: 2 } }]);
  expect(await told({ generation: 1, status }, [WARNING])).toEqual([]);
  expect(await told(undefined, [WARNING])).toEqual([]);
});
