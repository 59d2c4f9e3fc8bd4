import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** So long that they would be run alone at the end; the test runner goes by the size of a file where it has not run it before, and these are small. */
const LONGEST = [
  'conformance/tables',
  'kube/hub-restored',
  'conformance/kubectl/kubectl',
  'integration/member-state',
  'integration/push-beside-pull',
  'integration/push-commands',
  'integration/push-mode',
  'integration/push-credentials',
  'integration/agent-replicas',
];

/** The order of test files: what takes longest begins first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return index < 0 ? LONGEST.length : index;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
