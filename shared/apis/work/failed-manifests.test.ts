import { expect, test } from 'vitest';
import { failedManifestsOf, failedManifestWords, manifestSubject } from './failed-manifests.ts';
import type { Work } from './v1alpha1.ts';

const MANIFESTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'shop', name: 'web' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'a' } },
  { apiVersion: 'v1', metadata: { name: 'b' } },
];

function newWork(
  applied: [status: string, message?: string],
  available?: string,
  manifests: object[] = MANIFESTS,
): Work {
  const conditions = [
    { type: 'Applied', status: applied[0], reason: 'AppliedFailed', message: applied[1] ?? '' },
    ...(available === undefined
      ? []
      : [{ type: 'Available', status: 'False', reason: 'ManifestsNotApplied', message: available }]),
  ];
  return { spec: { workload: { manifests } }, status: { conditions } } as unknown as Work;
}

const not = (...words: string[]): string => `These are not applied: ${words.join(', ')}`;
const failed = (list: string): string => `Failed to apply all manifests (1/4): ${list}`;
const WEB = failedManifestWords({ ordinal: 1, reason: 'Forbidden' }, 'Deployment shop/web');
const A = failedManifestWords({ ordinal: 2, reason: 'NotOurs' }, 'ConfigMap shop/a');
const B = failedManifestWords({ ordinal: 3, reason: 'InvalidManifest' }, ' b');
const WHY_WEB = 'Deployment shop/web: no, says the member: not [here], ConfigMap or not';
const WHY_A = 'resource(kind=ConfigMap, shop/a) already exists';
const WHY_B = `${manifestSubject(3)}a manifest needs apiVersion and kind`;

test.each([
  ['one that is applied', newWork(['True']), [], true],
  ['one of which nothing is told', { spec: {} } as Work, [], true],
  ['one failure', newWork(['False', failed(WHY_WEB)], not(WEB)), [[1, 'Forbidden', WHY_WEB]], true],
  [
    'several, which are told apart by what they are about',
    newWork(['False', failed(`[${WHY_WEB}, ${WHY_A}, ${WHY_B}]`)], not(WEB, A, B)),
    [
      [1, 'Forbidden', WHY_WEB],
      [2, 'NotOurs', WHY_A],
      [3, 'InvalidManifest', WHY_B],
    ],
    true,
  ],
  [
    'more than there is room for',
    newWork(['False', failed(`[${WHY_WEB}, resource(ki…`)], `${not(WEB, A)}, #3 Conf…`),
    [
      [1, 'Forbidden', `${WHY_WEB}, resource(ki…`],
      [2, 'NotOurs', undefined],
    ],
    false,
  ],
  [
    "Karmada's agent, of one manifest",
    newWork(['False', 'Failed to apply all manifests (0/1): no'], undefined, MANIFESTS.slice(0, 1)),
    [[0, 'AppliedFailed', 'no']],
    true,
  ],
  ["Karmada's agent, of several", newWork(['False', failed('no')]), [], false],
])('of %s', (_, work, expected, areAll) => {
  const told = failedManifestsOf(work);
  expect(told.failed.map(({ ordinal, reason, message }) => [ordinal, reason, message])).toEqual(expected);
  expect(told.areAll).toBe(areAll);
});
