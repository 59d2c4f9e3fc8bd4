/** Values in YAML that parsers take for different things. */

import { configMap, deployment } from './objects.ts';
import { type Case, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const tried = (path: string, raw: string): Step => ({
  method: 'POST',
  path,
  raw,
  contentType: 'application/yaml',
  query: { dryRun: 'All' },
});
const mapWith = (text: string): string => `kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n${text}\n`;
const deploymentWith = (text: string): string =>
  `${JSON.stringify({ ...deployment.base, apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } })}`.replace(
    '"spec":{',
    `"spec":{"progressDeadlineSeconds":${text},`,
  );
export const yamlCases: Case[] = [
  ...['yes', 'No', 'ON', 'off', 'y', 'N', 'True', 'yEs', '"yes"', '~', 'nULL', '1', '!!str yes', '!!bool "yes"'].map(
    (text) => ({
      name: `the boolean ${text}`,
      steps: [tried(pathOf(configMap), mapWith(`immutable: ${text}`))],
    }),
  ),
  ...[
    '1:30',
    '2001-01-01',
    '2001-01-01T00:00:00Z',
    'no',
    '017',
    '0o17',
    '08',
    '1_000',
    '.5',
    '~',
    '0x',
    '_1',
    'a: b',
    '!!str 5',
    '.',
    '1e3',
    '1e400',
    '-1e400',
    '=',
  ].map((text) => ({ name: `the text ${text}`, steps: [tried(pathOf(configMap), mapWith(`data:\n  a: ${text}`))] })),
  ...[
    '0x3FF',
    '01777',
    '0o1777',
    '0b1111111111',
    '1_000',
    '+900',
    '0X3ff',
    '0B1111111111',
    '1e3',
    '900.0',
    '08000',
    '1:30:00',
    '18446744073709551616',
  ].map((text) => ({ name: `the number ${text}`, steps: [tried(pathOf(deployment), deploymentWith(text))] })),
  {
    name: 'keys that are no texts',
    steps: [tried(pathOf(configMap), mapWith('data: {yes: "1", 017: "2", 1.5: "3", 0x10: "4"}'))],
  },
  {
    name: 'half a character',
    steps: [
      tried(pathOf(configMap), mapWith('data: {a: "\\ud800"}')),
      tried(pathOf(configMap), mapWith("data: {a: '\\ud800'}")),
    ],
  },
  {
    name: 'another mapping taken in',
    steps: [tried(pathOf(configMap), mapWith('data: &d {b: "1"}\nbinaryData: {<<: {c: eA==}}'))],
  },
];
