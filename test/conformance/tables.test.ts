/** Requests one by one: the embedded API answers as a kube-apiserver does. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { admissionGroups } from './admission-cases.ts';
import { apiServiceGroups } from './api-service-cases.ts';
import { appliedNullGroups } from './applied-null-cases.ts';
import { autoscalerVersionGroups } from './autoscaler-version-cases.ts';
import { claimRightsGroups } from './claim-rights-cases.ts';
import { compareRaw } from './compare-raw.ts';
import { definitionPartGroups } from './definition-part-cases.ts';
import { deviceClaimGroups } from './device-claim-cases.ts';
import { deviceSliceGroups } from './device-slice-cases.ts';
import { embeddedGroups } from './embedded-cases.ts';
import { flowControlGroups } from './flow-control-cases.ts';
import { foundGroups } from './found-cases.ts';
import { impersonationGroups } from './impersonation-cases.ts';
import { intendedDifferences } from './intended.ts';
import { jobGroups } from './job-cases.ts';
import { kinds } from './kinds.ts';
import { lifecycleGroups } from './lifecycle-cases.ts';
import { metadataGroups } from './metadata-cases.ts';
import { mutatingPolicyGroups } from './mutating-policy-cases.ts';
import { nameGroups } from './name-cases.ts';
import { networkGroups } from './network-cases.ts';
import { numberGroups } from './number-cases.ts';
import { numberFormatGroups } from './number-format-cases.ts';
import { oddGroups } from './odd-cases.ts';
import { parameterRightsGroups } from './parameter-rights-cases.ts';
import { pathGroups } from './path-cases.ts';
import { patternGroups } from './pattern-cases.ts';
import { plainKindGroups } from './plain-kind-cases.ts';
import { play, type Tally } from './play.ts';
import { podGroups } from './pod-cases.ts';
import { podChangeGroups } from './pod-change-cases.ts';
import { podPlatformGroups } from './pod-platform-cases.ts';
import { podResizeGroups } from './pod-resize-cases.ts';
import { podSpecGroups } from './pod-spec-cases.ts';
import { policyGroups } from './policy-cases.ts';
import { policyExpressionGroups } from './policy-expression-cases.ts';
import { policyMatchGroups } from './policy-match-cases.ts';
import { protocolGroups } from './protocol-cases.ts';
import { quantityGroups } from './quantity-cases.ts';
import { ratchetGroups } from './ratchet-cases.ts';
import { rawGroups, rawText } from './raw-cases.ts';
import { resizeGroups } from './resize-cases.ts';
import { ruleGroups } from './rule-cases.ts';
import { ruleChangeGroups } from './rule-change-cases.ts';
import { ruleCostGroups } from './rule-cost-cases.ts';
import { ruledGroups } from './ruled-values.ts';
import { schemaGroups } from './schema-cases.ts';
import { lastDifferences } from './sent-again.ts';
import { startServedPair } from './served.ts';
import type { ServerPair } from './servers.ts';
import { serviceGroups } from './service-cases.ts';
import { serviceChangeGroups } from './service-change-cases.ts';
import { signingRequestGroups } from './signing-request-cases.ts';
import { type Case, singleChanges } from './single-changes.ts';
import { storageGroups } from './storage-cases.ts';
import { sweptGroups } from './swept-cases.ts';
import { tokenGroups } from './token-cases.ts';
import { versionGroups } from './version-cases.ts';
import { volumeSourceGroups } from './volume-source-cases.ts';
import { warningGroups } from './warning-cases.ts';
import { watchGroups } from './watch-cases.ts';
import { watchFormGroups } from './watch-form-cases.ts';
import { workloadGroups } from './workload-cases.ts';
import { writeGroups } from './write-cases.ts';

const binaries = await ensureBinaries();

/** Besides the changes of each kind. */
const groups: Readonly<Record<string, Case[]>> = {
  ...protocolGroups,
  ...versionGroups,
  ...podGroups,
  ...podChangeGroups,
  ...admissionGroups,
  ...warningGroups,
  ...podSpecGroups,
  ...podPlatformGroups,
  ...podResizeGroups,
  ...workloadGroups,
  ...jobGroups,
  ...networkGroups,
  ...serviceGroups,
  ...serviceChangeGroups,
  ...storageGroups,
  ...pathGroups,
  ...oddGroups,
  ...tokenGroups,
  ...impersonationGroups,
  ...policyGroups,
  ...policyExpressionGroups,
  ...policyMatchGroups,
  ...mutatingPolicyGroups,
  ...plainKindGroups,
  ...definitionPartGroups,
  ...flowControlGroups,
  ...sweptGroups,
  ...deviceSliceGroups,
  ...deviceClaimGroups,
  ...claimRightsGroups,
  ...parameterRightsGroups,
  ...autoscalerVersionGroups,
  ...apiServiceGroups,
  ...appliedNullGroups,
  ...embeddedGroups,
  ...signingRequestGroups,
  ...resizeGroups,
  ...metadataGroups,
  ...nameGroups,
  ...lifecycleGroups,
  ...watchGroups,
  ...volumeSourceGroups,
  ...quantityGroups,
  ...ratchetGroups,
  ...ruleGroups,
  ...ruleCostGroups,
  ...ruleChangeGroups,
  ...patternGroups,
  ...ruledGroups,
  ...schemaGroups,
  ...writeGroups,
  ...foundGroups,
  ...numberGroups,
  ...numberFormatGroups,
};

describe.runIf('dir' in binaries)('as a kube-apiserver', () => {
  let pair: ServerPair;
  const tally: Tally = { sequences: 0, requests: 0 };
  beforeAll(async () => {
    pair = await startServedPair();
  });
  afterAll(async () => {
    process.stdout.write(`compared ${tally.sequences} cases, ${tally.requests} requests\n`);
    await pair?.stop();
  });

  const differing = (cases: Case[], atOnce?: number): Promise<string[]> =>
    reported(cases, async ({ steps }) => (await play(pair, steps, tally))?.report, atOnce);

  async function differingRaw(name: string, text: string): Promise<string | undefined> {
    tally.requests++;
    const sent = rawText(text);
    const lines = await lastDifferences(async () => {
      const [embedded, upstream] = await Promise.all([pair.embedded.sendRaw(sent), pair.upstream.sendRaw(sent)]);
      return compareRaw({ name, text }, embedded, upstream);
    });
    return lines.length > 0 ? lines.join('\n') : undefined;
  }

  test.each(kinds.map((kind) => [kind.kind, kind] as const))('%s is made and changed', async (_name, kind) => {
    expect(await differing(singleChanges(kind))).toEqual([]);
  });

  test.each(Object.entries(rawGroups))('%s', async (_name, texts) => {
    const cases = Object.entries(texts).map(([name, text]) => ({ name, text }));
    expect(await reported(cases, ({ name, text }) => differingRaw(name, text))).toEqual([]);
  });

  test.each(Object.entries(watchFormGroups))('%s', async (_name, cases) => {
    expect(await differing(cases, 16)).toEqual([]);
  });

  test.each(Object.entries(groups))('%s', async (_name, cases) => {
    expect(await differing(cases)).toEqual([]);
  });
});

/** Several at a time: most of each is waiting. */
async function reported<C extends { name: string }>(
  cases: readonly C[],
  compare: (one: C) => Promise<string | undefined>,
  atOnce = 8,
): Promise<string[]> {
  const waiting = [...cases];
  const reports: string[] = [];
  const run = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const report = await compare(next);
      if (report !== undefined) reports.push(`${next.name}\n${report}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return reports;
}

test('each intended difference has its line in the list', () => {
  const text = readFileSync(new URL('./intended-differences.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| ([^|]+?) +\|/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'name' && !name?.startsWith('--'));
  expect(listed.sort()).toEqual(Object.keys(intendedDifferences).sort());
});
