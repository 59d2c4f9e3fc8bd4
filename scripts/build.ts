import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/**
 * Bundles each process into one file under dist/: pullet.js (the CLI), hub.js (the control plane) and agent.js. The CLI loads the other two lazily,
 * so that `pullet get clusters` starts without them. Run by `npm ci` (prepare) and `npm run build`.
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');

/** JSON.parse of a string is several times faster than parsing the same data as JavaScript. */
export const jsonAsText: Plugin = {
  name: 'json-as-text',
  setup(builder) {
    builder.onLoad({ filter: /shared\/apis\/builtin\/data\/.*\.json$/ }, async ({ path: file }) => {
      const text = JSON.stringify(JSON.parse(await readFile(file, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};

/** The CLI's lazy imports of the other processes become imports of their bundles. */
const siblingBundles: Plugin = {
  name: 'sibling-bundles',
  setup(builder) {
    const siblings: [RegExp, string][] = [
      [/services\/hub\/main\.ts$/, './hub.js'],
      [/agent\/main\.ts$/, './agent.js'],
    ];
    for (const [filter, bundle] of siblings) {
      builder.onResolve({ filter }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: bundle, external: true } : undefined,
      );
    }
  },
};

/**
 * `node:http` is required, not imported. Its exports are read when a module imports it, and since Node 22 one of them is WebSocket, whose reading loads an HTTP client that nothing
 * here uses: 3 MiB in an agent.
 */
const requiredHttp: Plugin = {
  name: 'required-http',
  setup(builder) {
    const namespace = requiredHttp.name;
    builder.onResolve({ filter: /^node:http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'node:http', namespace } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace }, () => ({ contents: "module.exports = require('node:http');" }));
  },
};

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: false,
  legalComments: 'none',
  minifySyntax: true,
  // V8 keeps a program's text in memory, with two bytes a character if one is not Latin-1: comments have some. Names and lines are kept for stack traces.
  minifyWhitespace: true,
  lineLimit: 160,
  logLevel: 'warning',
  external: ['lmdb'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
};

const BUNDLES = {
  pullet: { entry: 'cli/main.ts', plugins: [siblingBundles, jsonAsText, requiredHttp] },
  hub: { entry: 'services/hub/main.ts', plugins: [jsonAsText, requiredHttp] },
  agent: { entry: 'agent/main.ts', plugins: [requiredHttp] },
} as const satisfies Record<string, { entry: string; plugins: readonly Plugin[] }>;

export type BundleName = keyof typeof BUNDLES;

function optionsOf(name: BundleName): BuildOptions & { outfile: string } {
  const { entry, plugins } = BUNDLES[name];
  return { ...common, entryPoints: [entry], outfile: `${name}.js`, plugins: [...plugins] };
}

/** Builds some of them into a folder of their own, for tests that start processes: with source maps beside them, for `--enable-source-maps`. */
export async function buildMapped(directory: string, names: readonly BundleName[]): Promise<void> {
  const builds = names.map((name) => {
    const outfile = path.join(directory, `${name}.js`);
    return build({ ...optionsOf(name), outfile, sourcemap: 'linked', sourcesContent: false });
  });
  await Promise.all(builds);
}

/** What goes into a bundle, and what that imports when it is read; nothing is written. */
export interface BundleContents {
  /** Paths relative to the repository. */
  files: string[];
  /** Node's modules, and others that are not in the bundle. */
  imported: string[];
}

export async function bundleContents(name: BundleName): Promise<BundleContents> {
  const { metafile } = await build({ ...optionsOf(name), write: false, metafile: true });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return {
    files: Object.keys(metafile.inputs).filter((input) => !input.startsWith(`${requiredHttp.name}:`)),
    imported: imports.filter(({ kind }) => kind === 'import-statement').map((imported) => imported.path),
  };
}

/**
 * Builds all bundles into `directory`. What is there is replaced when the last of them is built, each file in one step: a process that runs meanwhile finds what it
 * loads later.
 */
export async function buildBundles(directory: string, bundle = bundleOf): Promise<void> {
  const names = Object.keys(BUNDLES) as BundleName[];
  const bundles = new Map<string, Uint8Array | string>();
  for (const name of names) bundles.set(`${name}.js`, await bundle(name));
  await mkdir(directory, { recursive: true });
  for (const [file, contents] of bundles) await replaceFile(path.join(directory, file), contents);
  const others = (await readdir(directory)).filter((file) => !bundles.has(file) && !file.endsWith(TEMPORARY));
  await Promise.all(others.map((file) => rm(path.join(directory, file), { recursive: true, force: true })));
}

async function bundleOf(name: BundleName): Promise<Uint8Array | string> {
  const { outputFiles } = await build({ ...optionsOf(name), write: false });
  const [output] = outputFiles;
  if (!output) throw new Error(`esbuild made nothing of ${name}`);
  return output.contents;
}

const TEMPORARY = '.tmp';

async function replaceFile(file: string, contents: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${process.pid}${TEMPORARY}`;
  await writeFile(temporary, contents);
  await chmod(temporary, 0o755);
  await rename(temporary, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildBundles(dist);
