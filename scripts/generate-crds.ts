import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump } from 'js-yaml';
import type { CustomResourceDefinition } from '../shared/apis/apiextensions/v1.ts';
import { clusterCrd } from '../shared/apis/cluster/v1alpha1.crd.ts';
import { workCrd } from '../shared/apis/work/v1alpha1.crd.ts';

/**
 * Writes `deploy/crds/`, the CRDs of our own kinds, from the schemas of the wire types.
 *
 *     npx tsx scripts/generate-crds.ts [--check]
 *
 * With `--check` nothing is written and the exit code says whether the files are up to date.
 */

const crdDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../deploy/crds');

function fileOf(crd: CustomResourceDefinition): { file: string; text: string } {
  const { group, names } = crd.spec;
  return {
    file: path.join(crdDir, `${group}_${names.plural}.yaml`),
    text: `---\n${dump(crd, { noRefs: true, lineWidth: 120 })}`,
  };
}

function isUpToDate({ file, text }: { file: string; text: string }): boolean {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}

function main(): void {
  const files = [clusterCrd, workCrd].map(fileOf);
  if (process.argv.includes('--check')) {
    const stale = files.filter((each) => !isUpToDate(each));
    for (const { file } of stale)
      console.error(`${path.basename(file)} is not what the schemas say: run generate-crds`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  mkdirSync(crdDir, { recursive: true });
  for (const { file, text } of files) writeFileSync(file, text);
}

main();
