import { expect, test } from 'vitest';
import { validateScale } from './validate-scale.ts';

const verbs = ['get'];
const scaledBy = (path: string) => ({
  subresources: [
    {
      ...{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs },
      scalePaths: { specReplicasPath: path, statusReplicasPath: path, labelSelectorPath: path },
    },
  ],
});
const object = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: {} };

test.each(['.spec.constructor', '.spec.toString.length', '.spec.__proto__'])('nothing is at %s', (path) => {
  expect(validateScale(scaledBy(path), object, { isStatus: false })).toEqual([]);
});
