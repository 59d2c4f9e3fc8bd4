import { expect, test } from 'vitest';
import type { CustomResourceDefinitionVersion } from '../../../shared/apis/apiextensions/v1.ts';
import { definitionsOfCrd } from './crd-definitions.ts';
import { established, newCronTabCrd } from './crd-fixture.ts';

function warningOf(...versions: Partial<CustomResourceDefinitionVersion>[]): string | undefined {
  const crd = established(newCronTabCrd());
  const [first] = crd.spec.versions;
  if (!first) throw new Error('the fixture has a version');
  crd.spec.versions = versions.map((version, index) => ({ ...first, storage: index === 0, ...version }));
  return definitionsOfCrd(crd).find(({ version }) => version === versions[0]?.name)?.deprecationWarning;
}

test.each<[string, string | undefined, Partial<CustomResourceDefinitionVersion>[]]>([
  ['nothing of a version that is good', undefined, [{ name: 'v1' }]],
  [
    'what the definition says',
    'use something else',
    [{ name: 'v1', deprecated: true, deprecationWarning: 'use something else' }],
  ],
  [
    'which is the newest that is served',
    'stable.example.com/v1 CronTab is deprecated; use stable.example.com/v3 CronTab',
    [
      { name: 'v1', deprecated: true },
      { name: 'v2' },
      { name: 'v3' },
      { name: 'v4', deprecated: true },
      { name: 'v5', served: false },
    ],
  ],
  [
    'of none that is older',
    'stable.example.com/v1 CronTab is deprecated',
    [{ name: 'v1', deprecated: true }, { name: 'v1beta1' }],
  ],
])('a deprecated version warns: %s', (_what, warning, versions) => {
  expect(warningOf(...versions)).toBe(warning);
});
