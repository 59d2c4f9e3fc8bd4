/** Single mistakes in a pod's spec, each in a Deployment's template: what upstream refuses is refused in the same words, and what it takes is taken. */

import { containers, env, envFrom, hooks, mounts, ports, probes, resources } from './container-cases.ts';
import type { Fields } from './pod-container.ts';
import { affinities, contexts, names, placements, volumes } from './pod-wide-cases.ts';
import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const templates = '/apis/apps/v1/namespaces/<<namespace>>/deployments';
const deployed = (spec: Fields): Step => ({
  method: 'POST',
  path: templates,
  body: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec },
    },
  },
});

const cases = (specs: readonly Fields[]): Case[] =>
  specs.map((spec) => ({ name: JSON.stringify(spec), steps: [deployed(spec)] }));

/** By what they are about. */
export const podSpecGroups: Readonly<Record<string, Case[]>> = {
  'containers of a template': cases([...containers, ...ports]),
  'environment of a template': cases([...env, ...envFrom]),
  'mounts and volumes of a template': cases([...mounts, ...volumes]),
  'probes and hooks of a template': cases([...probes, ...hooks]),
  'resources and security of a template': cases([...resources, ...contexts]),
  'placement of a template': cases([...affinities, ...placements]),
  'names in a template': cases(names),
};
