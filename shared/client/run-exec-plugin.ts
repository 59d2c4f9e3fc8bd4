import { spawn } from 'node:child_process';
import { isAbsolute, resolve } from 'node:path';
import type { ExecContext } from './exec-credentials.ts';
import { execInfo } from './exec-info.ts';
import { type ExecConfig, KubeconfigError } from './kubeconfig-file.ts';

/** Runs a kubeconfig's program, as client-go does: the kubeconfig's environment beside the process's own, the terminal if there is one. */

/** Somebody may have to log in with a browser. */
const INTERACTIVE_TIMEOUT_MS = 10 * 60_000;
const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 4 << 20;

/** Resolves to what it has printed. Throws KubeconfigError in words. */
export function runExecPlugin(exec: ExecConfig, context: ExecContext): Promise<string> {
  const command = exec.command ?? '';
  const { where, policy } = context;
  const isInteractive = policy.isInteractive && exec.interactiveMode !== 'Never';
  const program = command.includes('/') && !isAbsolute(command) ? resolve(context.folder, command) : command;
  const child = spawn(program, exec.args ?? [], {
    env: environmentOf(exec, context, isInteractive),
    stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', isInteractive ? 'inherit' : 'pipe'],
    timeout: isInteractive ? INTERACTIVE_TIMEOUT_MS : TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const [out, errors] = [newCollector(), newCollector()];
  child.stdout?.on('data', out.add);
  child.stderr?.on('data', errors.add);
  return new Promise((done, fail) => {
    const failWith = (why: string): void => fail(new KubeconfigError(`${where}: exec: ${command} ${why}`));
    child.once('error', (error: NodeJS.ErrnoException) => {
      failWith(error.code === 'ENOENT' ? missing(exec) : `can't be started: ${error.code ?? error.message}`);
    });
    child.once('close', (code, signal) => {
      if (code === 0) done(out.text());
      else failWith(failure({ code, signal }, policy.tellsErrors ? errors.text().trim() : undefined));
    });
  });
}

function environmentOf(
  exec: ExecConfig,
  { cluster, clusterConfig, policy }: ExecContext,
  isInteractive: boolean,
): NodeJS.ProcessEnv {
  const given = (exec.env ?? []).filter(({ name }) => !policy.isForbiddenVariable(name));
  return {
    ...process.env,
    ...Object.fromEntries(given.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: execInfo(exec, { cluster, clusterConfig, isInteractive }),
  };
}

function missing({ installHint }: ExecConfig): string {
  return `is not installed here.${installHint ? ` ${installHint.trim()}` : ''}`;
}

function failure({ code, signal }: { code: number | null; signal: string | null }, said: string | undefined): string {
  const how =
    signal === 'SIGKILL' ? 'did not end in time' : `failed with ${code === null ? signal : `exit code ${code}`}`;
  if (said === undefined) return `${how}; what it said is not told here, for it may hold a secret: run it by hand`;
  return said === '' ? how : `${how}: ${said}`;
}

function newCollector(): { add(chunk: Buffer): void; text(): string } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    add: (chunk) => {
      bytes += chunk.length;
      if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
