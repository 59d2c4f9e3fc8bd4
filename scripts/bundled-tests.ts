import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin } from 'vitest/config';
import type { Vitest } from 'vitest/node';
import { type BundleName, buildMapped, jsonAsText } from './build.ts';

/**
 * Bundles the test files of a run in one go, as what they share in chunks: each file runs in a process of its own, and loading
 * hundreds of modules one by one in each of them takes much of the suite's processor time. So are the processes that tests start. If that fails, all are loaded as they are, and
 * the faulty one says what is wrong.
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bundlesDir = path.join(root, 'node_modules', '.bundled-tests');

/** The tests that start processes of ours, and which. */
const testsOfProcesses = path.join(root, 'test') + path.sep;
const PROCESSES: readonly BundleName[] = ['hub', 'agent'];

/** Native, or with a state of their own that the test runner shares. */
const EXTERNAL = ['vitest', 'esbuild', 'lmdb'];

/** A module finds the files beside it where its source is, not where its chunk is: this name, of each module's own, stands for `import.meta.url`. */
const SOURCE_URL = '__sourceUrl';

const sourceUrls: EsbuildPlugin = {
  name: 'source-urls',
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const contents = await readFile(file, 'utf8');
      if (!contents.includes('import.meta.url')) return { contents, loader: 'ts' };
      const declaration = `const ${SOURCE_URL} = ${JSON.stringify(pathToFileURL(file).href)};`;
      return { contents: declaration + contents.replace(/^#!/, '//'), loader: 'ts' };
    });
  },
};

/** From each test file to its bundle in that folder. To the tests, PULLET_TEST_PROCESSES is where the bundles of processes are. */
async function bundleInto(outdir: string, processes: string, testFiles: string[]): Promise<Map<string, string>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: testFiles,
    outbase: root,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'linked',
    sourcesContent: false,
    external: EXTERNAL,
    define: { 'import.meta.url': SOURCE_URL, 'process.env.PULLET_TEST_PROCESSES': JSON.stringify(processes) },
    plugins: [sourceUrls, jsonAsText],
    metafile: true,
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  });
  const entries = Object.entries(metafile.outputs).flatMap(([file, { entryPoint }]) =>
    entryPoint ? [[path.join(root, entryPoint), path.join(root, file)] as const] : [],
  );
  return new Map(entries);
}

const DAY_MS = 24 * 3600_000;

/** What a run left that was killed. */
async function removeForgotten(): Promise<void> {
  for (const name of await readdir(bundlesDir)) {
    const dir = path.join(bundlesDir, name);
    const changed = await stat(dir).catch(() => undefined);
    if (changed && Date.now() - changed.mtimeMs > DAY_MS) await rm(dir, { recursive: true, force: true });
  }
}

/** The bundles of the test files of this run; none if they cannot be built. */
async function bundlesOf(vitest: Vitest): Promise<Map<string, string>> {
  await mkdir(bundlesDir, { recursive: true });
  await removeForgotten();
  const outdir = await mkdtemp(path.join(bundlesDir, 'run-'));
  vitest.onClose(() => rm(outdir, { recursive: true, force: true }));
  const testFiles = vitest.state.getPaths();
  const processes = path.join(outdir, 'processes');
  const needed = testFiles.some((file) => file.startsWith(testsOfProcesses)) ? PROCESSES : [];
  try {
    const [bundles] = await Promise.all([bundleInto(outdir, processes, testFiles), buildMapped(processes, needed)]);
    return bundles;
  } catch (error) {
    vitest.logger.warn(`the tests are loaded one module at a time, which is slow: ${error}`);
    return new Map();
  }
}

/** A plugin for the projects of vitest.config.ts, one for all of them; while files are watched it does nothing. */
export function bundledTests(): Plugin {
  let run: Vitest | undefined;
  let bundles: Promise<Map<string, string>> | undefined;
  return {
    name: 'bundled-tests',
    configureVitest({ vitest }) {
      run = vitest.config.watch ? undefined : vitest;
    },
    async load(id) {
      if (!run || !id.endsWith('.test.ts')) return undefined;
      bundles ??= bundlesOf(run);
      const bundle = (await bundles).get(id);
      return bundle ? `import ${JSON.stringify(bundle)};` : undefined;
    },
  };
}
