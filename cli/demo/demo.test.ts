import { expect, test } from 'vitest';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { newFakeShell } from '../fake-shell.ts';

test('the demo starts nothing for a member whose kubeconfig can not be read', async () => {
  const shell = newFakeShell(newFakeKube().client, {
    memberEndpoint: async ({ kubeconfig }) => {
      throw new Error(`cannot read the kubeconfig ${kubeconfig}`);
    },
  });
  expect(await shell.pullet('demo --exit --member nowhere.kubeconfig')).toBe(1);
  expect(shell.err).toBe('error: cannot read the kubeconfig nowhere.kubeconfig\n');
  expect(shell.out).not.toContain('hub is up');
});
