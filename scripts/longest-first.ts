import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** So long that it would be run alone at the end; the test runner goes by the size of a file where it has not run it before, and this one is small. */
const LONGEST = /\/test\/conformance\/tables\.test\.ts$/;

/** The order of test files: what takes longest begins first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => LONGEST.test(moduleId);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}
