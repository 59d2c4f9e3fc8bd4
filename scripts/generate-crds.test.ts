import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { prepareCrdForCreate } from '../services/apiserver/resources/custom-resource-definitions.ts';
import { validateCrd } from '../services/apiserver/resources/validate-custom-resource-definition.ts';
import { clusterCrd } from '../shared/apis/cluster/v1alpha1.crd.ts';
import { workCrd } from '../shared/apis/work/v1alpha1.crd.ts';

test.each([
  ['cluster.karmada.io_clusters.yaml', clusterCrd],
  ['work.karmada.io_works.yaml', workCrd],
])('deploy/crds/%s says what the schemas say, and a server accepts it', (file, crd) => {
  const text = readFileSync(new URL(`../deploy/crds/${file}`, import.meta.url), 'utf8');
  expect(load(text)).toEqual(JSON.parse(JSON.stringify(crd)));
  expect(validateCrd(prepareCrdForCreate(crd))).toEqual([]);
});
