import { expect, test } from 'vitest';
import { bundleInputs } from './build.ts';

test("the agent's bundle holds the agent, what is shared, and no library but a YAML reader", async () => {
  const inputs = await bundleInputs('agent');
  const ours = inputs.filter((file) => !file.startsWith('node_modules/'));
  expect(ours.filter((file) => !/^(agent|shared)\//.test(file))).toEqual([]);
  expect(ours).not.toContain('agent/register/register.ts');
  const packages = inputs.filter((file) => file.startsWith('node_modules/')).map((file) => file.split('/')[1]);
  expect([...new Set(packages)]).toEqual(['js-yaml']);
});

test("the CLI's bundle loads hub and agent only when they are asked for", async () => {
  const inputs = await bundleInputs('pullet');
  const isOfAProcess = (file: string): boolean => /^services\/(?!install\/)/.test(file) || file === 'agent/main.ts';
  expect(inputs.filter(isOfAProcess)).toEqual([]);
  expect(inputs).toContain('services/install/install.ts');
});
