/**
 * The real kube-apiserver, kube-controller-manager and etcd for the tests: found where KUBEBUILDER_ASSETS says, found in the
 * cache, or built once with Go from the two pinned modules in `go/` (minutes on a cold machine, nothing after that).
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withBuildLock } from './build-lock.ts';

/** Either the folder that holds the binaries, or why there is none on this machine. */
export type BinariesResult = { readonly dir: string } | { readonly reason: string };

/** The programs of a control plane, as files in the folder {@link ensureBinaries} returns. */
export const binaryNames = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;
export type BinaryName = (typeof binaryNames)[number];

const goModules = fileURLToPath(new URL('./go', import.meta.url));
const versionPackage = 'k8s.io/component-base/version';

/**
 * What is the same for every build. No debug information, neither written by the compiler nor kept by the linker: it costs a
 * tenth of the time and half of the size.
 */
const commonBuildArgs = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-gcflags=all=-dwarf=false'];

/**
 * Finds or builds the binaries. Safe to call from several processes at once: one builds, the others wait for it.
 * Progress goes to stderr. Rejects if KUBEBUILDER_ASSETS names a folder that lacks one of them, or if the build fails: only a
 * machine without Go gets a `reason` instead.
 */
export async function ensureBinaries(): Promise<BinariesResult> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && assets !== '') return assetsFolder(assets);
  const dir = await cacheFolder();
  if (await hasBinaries(dir)) return { dir };
  if (!(await hasGo())) return reasonWithoutGo();
  await withBuildLock(`${dir}.lock`, { isDone: () => hasBinaries(dir), build: () => build(dir), report });
  return { dir };
}

/** The Kubernetes version the tier is pinned to, such as `v1.36.3`: read from the Go module, its only home. */
export async function pinnedKubernetesVersion(): Promise<string> {
  const text = await readFile(join(goModules, 'kubernetes', 'go.mod'), 'utf8');
  const version = /^\s*(?:require\s+)?k8s\.io\/kubernetes (v\d+\.\d+\.\d+)/m.exec(text)?.[1];
  if (version === undefined) throw new Error('test/kube/go/kubernetes/go.mod does not require k8s.io/kubernetes');
  return version;
}

async function assetsFolder(dir: string): Promise<BinariesResult> {
  if (await hasBinaries(dir)) return { dir };
  throw new Error(`KUBEBUILDER_ASSETS is ${dir}, which does not hold all of ${binaryNames.join(', ')}`);
}

function reasonWithoutGo(): BinariesResult {
  const reason =
    'the tests on a real kube-apiserver DID NOT RUN: there is no `go` to build it with, and KUBEBUILDER_ASSETS names no folder that has it';
  report(reason);
  return { reason };
}

/** Named by the hash of all that determines the binaries, so that a new pin never meets old files. */
async function cacheFolder(): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform}/${process.arch} ${commonBuildArgs.join(' ')}`);
  for (const module of ['kubernetes', 'etcd']) {
    for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(goModules, module, file)));
  }
  const root = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(root, 'pullet-kube', `${await pinnedKubernetesVersion()}-${hash.digest('hex').slice(0, 12)}`);
}

async function hasBinaries(dir: string): Promise<boolean> {
  const checks = await Promise.allSettled(binaryNames.map((name) => access(join(dir, name), constants.X_OK)));
  return checks.every((check) => check.status === 'fulfilled');
}

async function hasGo(): Promise<boolean> {
  try {
    await run('go', ['version'], goModules);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Builds beside the final folder and renames: whoever sees the folder sees all of it. */
async function build(dir: string): Promise<void> {
  await mkdir(dirname(dir), { recursive: true });
  const unfinished = await mkdtemp(`${dir}.building-`);
  try {
    await buildEtcd(unfinished);
    await buildKubernetes(unfinished);
    await rm(dir, { recursive: true, force: true });
    await rename(unfinished, dir);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function buildEtcd(outDir: string): Promise<void> {
  await goBuild(join(goModules, 'etcd'), ['-ldflags=-s -w', '-o', join(outDir, 'etcd'), 'go.etcd.io/etcd/server/v3']);
}

/** Both programs in one command: they share nearly all packages. */
async function buildKubernetes(outDir: string): Promise<void> {
  const packages = ['k8s.io/kubernetes/cmd/kube-apiserver', 'k8s.io/kubernetes/cmd/kube-controller-manager'];
  const ldflags = await kubernetesLinkerFlags();
  await goBuild(join(goModules, 'kubernetes'), [`-ldflags=${ldflags}`, '-o', `${outDir}/`, ...packages]);
}

/**
 * What /version says. "archive" is Kubernetes' own word for sources that came without a git repository, as from the module
 * proxy, and there is no commit or date to state then.
 */
async function kubernetesLinkerFlags(): Promise<string> {
  const gitVersion = await pinnedKubernetesVersion();
  const [gitMajor = '', gitMinor = ''] = gitVersion.slice(1).split('.');
  const values = {
    gitVersion,
    gitMajor,
    gitMinor,
    gitCommit: 'unknown',
    gitTreeState: 'archive',
    buildDate: '1970-01-01T00:00:00Z',
  };
  const settings = Object.entries(values).map(([name, value]) => `-X ${versionPackage}.${name}=${value}`);
  return ['-s', '-w', ...settings].join(' ');
}

/** Builds a Go program of the tests; what it shares with the control plane is compiled already. */
export async function buildGoProgram(module: string, program: string): Promise<void> {
  await mkdir(dirname(program), { recursive: true });
  await goBuild(module, ['-ldflags=-s -w', '-o', program, '.']);
}

async function goBuild(module: string, args: readonly string[]): Promise<void> {
  const started = Date.now();
  report(`building ${args.at(-1)} in ${module} (some minutes, once per version)`);
  await run('go', ['build', ...commonBuildArgs, ...args], module);
  report(`built in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Runs a command to its end with what it says on our stderr; rejects unless it exits with 0. */
function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args[0]} in ${cwd} ended with ${signal ?? `code ${code}`}`));
    });
  });
}

function report(line: string): void {
  process.stderr.write(`test/kube: ${line}\n`);
}
