import type { ExecPolicy } from './exec-policy.ts';
import { type ExecConfig, KubeconfigError } from './kubeconfig-file.ts';
import { runExecPlugin } from './run-exec-plugin.ts';
import type { CredentialSource, Credentials, TransportOptions } from './transport-options.ts';

/** Credentials from a program, by client-go's protocol (client.authentication.k8s.io ExecCredential): asked when needed, kept until they expire or are refused. */

export interface ExecContext {
  /** File and user, for messages. */
  where: string;
  /** Of the kubeconfig: a command with a slash in it is relative to it. */
  folder: string;
  cluster: TransportOptions;
  /** The cluster's extension for such programs, handed on as it is. */
  clusterConfig?: unknown;
  policy: ExecPolicy;
  /** Milliseconds since the epoch; the machine's clock if absent. */
  now?: () => number;
}

interface ExecCredential {
  apiVersion?: string;
  kind?: string;
  status?: { expirationTimestamp?: string; token?: string; clientCertificateData?: string; clientKeyData?: string };
}

interface Kept {
  credentials: Credentials;
  expiresAtMs: number;
}

const V1 = 'client.authentication.k8s.io/v1';
const VERSIONS = [V1, 'client.authentication.k8s.io/v1beta1'];
/** A server that refuses whatever it is shown must not have a program started for every request. */
const ASK_ANEW_PERIOD_MS = 5000;
const MODES = ['Never', 'IfAvailable', 'Always'];

/** Throws KubeconfigError if the program may not or can not be run as it is configured. */
export function newExecCredentials(exec: ExecConfig, context: ExecContext): CredentialSource {
  const problem = problemOf(exec, context.policy);
  if (problem) throw new KubeconfigError(`${context.where}: ${problem}`);
  let kept: Kept | undefined;
  let asking: Promise<Kept> | undefined;
  let askedAnewAtMs = Number.NEGATIVE_INFINITY;
  return async (refused) => {
    const now = context.now?.() ?? Date.now();
    const mayAskAnew = refused && now - askedAnewAtMs >= ASK_ANEW_PERIOD_MS;
    if (kept && !mayAskAnew && now < kept.expiresAtMs) return kept.credentials;
    if (refused) askedAnewAtMs = now;
    asking ??= ask(exec, context).finally(() => {
      asking = undefined;
    });
    kept = await asking;
    return kept.credentials;
  };
}

function problemOf(
  { command, apiVersion = '', interactiveMode: mode }: ExecConfig,
  policy: ExecPolicy,
): string | undefined {
  if (!command) return 'exec.command is missing';
  if (!VERSIONS.includes(apiVersion)) return `exec.apiVersion "${apiVersion}" is none of ${VERSIONS.join(', ')}`;
  if (mode === undefined && apiVersion === V1)
    return `exec.interactiveMode is missing: ${V1} wants one of ${MODES.join(', ')}`;
  if (mode !== undefined && !MODES.includes(mode))
    return `exec.interactiveMode "${mode}" is none of ${MODES.join(', ')}`;
  const refusal = policy.refusal(command);
  if (refusal) return `exec: ${command} ${refusal}`;
  if (mode === 'Always' && !policy.isInteractive)
    return `exec: ${command} wants a terminal (interactiveMode Always), and there is none`;
  return undefined;
}

async function ask(exec: ExecConfig, context: ExecContext): Promise<Kept> {
  const text = await runExecPlugin(exec, context);
  const {
    token,
    clientCertificateData: certPem,
    clientKeyData: keyPem,
    expirationTimestamp,
  } = parse(text, exec, context);
  const expiresAtMs = expirationTimestamp ? Date.parse(expirationTimestamp) : Number.POSITIVE_INFINITY;
  const problem = answerProblem({ token, certPem, keyPem, expiresAtMs });
  if (problem) throw new KubeconfigError(`${context.where}: exec: ${exec.command} gave ${problem}`);
  return {
    credentials: { ...(token ? { token } : {}), ...(certPem && keyPem ? { certPem, keyPem } : {}) },
    expiresAtMs,
  };
}

function answerProblem(
  answer: Record<'token' | 'certPem' | 'keyPem', string | undefined> & { expiresAtMs: number },
): string | undefined {
  const { token, certPem, keyPem, expiresAtMs } = answer;
  if (Boolean(certPem) !== Boolean(keyPem)) return 'a certificate without its key, or a key without a certificate';
  if (!token && !certPem) return 'neither a token nor a certificate';
  return Number.isNaN(expiresAtMs) ? 'an expirationTimestamp that is no time' : undefined;
}

function parse(text: string, exec: ExecConfig, { where }: ExecContext): NonNullable<ExecCredential['status']> {
  let answer: ExecCredential | undefined;
  try {
    answer = JSON.parse(text);
  } catch {
    // told below; the text may hold a token
  }
  if (answer?.kind === 'ExecCredential' && answer.apiVersion === exec.apiVersion) return answer.status ?? {};
  throw new KubeconfigError(`${where}: exec: ${exec.command} did not print an ExecCredential of ${exec.apiVersion}`);
}
