import type { NamespaceCondition } from '../../../shared/apis/core/v1.ts';
import type { ServedResources } from '../served-resources.ts';
import type { LeftContent } from './content.ts';

/** The conditions by which a Terminating namespace says what it waits for; types, reasons and messages are Kubernetes'. */

interface Finding {
  type: string;
  /** What is wrong, or undefined. */
  problem: { reason: string; message: string } | undefined;
  allWell: { reason: string; message: string };
}

export function deletionConditions(
  left: LeftContent,
  discovery: Pick<ServedResources, 'failed'>,
  now: string,
): NamespaceCondition[] {
  return findings(left, discovery).map(({ type, problem, allWell }) => ({
    type,
    status: problem ? 'True' : 'False',
    lastTransitionTime: now,
    ...(problem ?? allWell),
  }));
}

function findings(left: LeftContent, discovery: Pick<ServedResources, 'failed'>): Finding[] {
  const failures = discovery.failed.map(({ groupVersion, error }) => `${groupVersion}: ${error.message}`).sort();
  const errors = left.errors.map(({ message }) => message).sort();
  const remaining = list(left.counts, (resource, count) => `${resource} has ${count} resource instances`);
  const waiting = list(left.finalizers, (finalizer, count) => `${finalizer} in ${count} resource instances`);
  const problem = (reason: string, texts: string[], intro: string) =>
    texts.length === 0 ? undefined : { reason, message: `${intro}${texts.join(', ')}` };
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      problem: problem('DiscoveryFailed', failures, `Discovery failed for some groups, ${failures.length} failing: `),
      allWell: { reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      problem: undefined,
      allWell: { reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    },
    {
      type: 'NamespaceDeletionContentFailure',
      problem: problem(
        'ContentDeletionFailed',
        errors,
        `Failed to delete all resource types, ${errors.length} remaining: `,
      ),
      allWell: {
        reason: 'ContentDeleted',
        message: 'All content successfully deleted, may be waiting on finalization',
      },
    },
    {
      type: 'NamespaceContentRemaining',
      problem: problem('SomeResourcesRemain', remaining, 'Some resources are remaining: '),
      allWell: { reason: 'ContentRemoved', message: 'All content successfully removed' },
    },
    {
      type: 'NamespaceFinalizersRemaining',
      problem: problem('SomeFinalizersRemain', waiting, 'Some content in the namespace has finalizers remaining: '),
      allWell: { reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
    },
  ];
}

function list(counts: Map<string, number>, text: (key: string, count: number) => string): string[] {
  return [...counts].map(([key, count]) => text(key, count)).sort();
}

/** New states over the old ones: one that is unchanged keeps its time. */
export function mergeConditions(current: NamespaceCondition[], next: NamespaceCondition[]): NamespaceCondition[] {
  const merged = next.map((condition) => {
    const before = current.find(({ type }) => type === condition.type);
    return before?.status === condition.status && before.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: before.lastTransitionTime }
      : condition;
  });
  return [...current.filter(({ type }) => !next.some((condition) => condition.type === type)), ...merged];
}
