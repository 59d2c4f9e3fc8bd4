import { execFile } from 'node:child_process';
import { isAbsolute, resolve } from 'node:path';
import { type ExecConfig, KubeconfigError } from './kubeconfig-file.ts';
import type { CredentialSource, Credentials, TransportOptions } from './transport-options.ts';

/** Credentials from a program, by client-go's protocol (client.authentication.k8s.io ExecCredential): asked when needed, kept until they expire or are refused. */

export interface ExecContext {
  /** File and user, for messages. */
  where: string;
  /** Of the kubeconfig: a command with a slash in it is relative to it. */
  folder: string;
  cluster: TransportOptions;
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

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const TIMEOUT_MS = 60_000;

export function newExecCredentials(exec: ExecConfig, context: ExecContext): CredentialSource {
  if (!exec.command) throw new KubeconfigError(`${context.where}: exec.command is missing`);
  if (!VERSIONS.includes(exec.apiVersion ?? '')) {
    throw new KubeconfigError(
      `${context.where}: exec.apiVersion "${exec.apiVersion ?? ''}" is none of ${VERSIONS.join(', ')}`,
    );
  }
  let kept: Kept | undefined;
  let asking: Promise<Kept> | undefined;
  return async (refused) => {
    if (kept && !refused && Date.now() < kept.expiresAtMs) return kept.credentials;
    asking ??= ask(exec, context).finally(() => {
      asking = undefined;
    });
    kept = await asking;
    return kept.credentials;
  };
}

async function ask(exec: ExecConfig, context: ExecContext): Promise<Kept> {
  const text = await run(exec, context);
  const answer = parse(text, exec, context);
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = answer.status ?? {};
  if (!token && !(clientCertificateData && clientKeyData)) {
    throw new KubeconfigError(`${context.where}: ${exec.command} gave neither a token nor a certificate`);
  }
  return {
    credentials: {
      ...(token ? { token } : {}),
      ...(clientCertificateData && clientKeyData ? { certPem: clientCertificateData, keyPem: clientKeyData } : {}),
    },
    expiresAtMs: expirationTimestamp ? Date.parse(expirationTimestamp) : Number.POSITIVE_INFINITY,
  };
}

function parse(text: string, exec: ExecConfig, { where }: ExecContext): ExecCredential {
  let answer: ExecCredential | undefined;
  try {
    answer = JSON.parse(text);
  } catch {
    // told below; the text may hold a token
  }
  if (answer?.kind === 'ExecCredential' && answer.apiVersion === exec.apiVersion) return answer;
  throw new KubeconfigError(`${where}: ${exec.command} did not print an ExecCredential of ${exec.apiVersion}`);
}

function run(exec: ExecConfig, context: ExecContext): Promise<string> {
  const command = exec.command ?? '';
  const program = command.includes('/') && !isAbsolute(command) ? resolve(context.folder, command) : command;
  const env = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const options = {
    env: { ...process.env, ...env, KUBERNETES_EXEC_INFO: execInfo(exec, context.cluster) },
    timeout: TIMEOUT_MS,
    maxBuffer: 4 << 20,
  };
  return new Promise((done, fail) => {
    execFile(program, exec.args ?? [], options, (error, stdout, stderr) => {
      if (!error) return done(stdout);
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const why = isMissing
        ? `is not installed. ${exec.installHint ?? ''}`
        : `failed: ${stderr.trim() || error.message}`;
      fail(new KubeconfigError(`${context.where}: exec: ${command} ${why.trim()}`, { cause: error }));
    });
  });
}

function execInfo(exec: ExecConfig, { server, caPem, insecureSkipTlsVerify, tlsServerName }: TransportOptions): string {
  const cluster = {
    server,
    ...(caPem ? { 'certificate-authority-data': Buffer.from(caPem).toString('base64') } : {}),
    ...(insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(tlsServerName ? { 'tls-server-name': tlsServerName } : {}),
  };
  return JSON.stringify({
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster } : {}) },
  });
}
