import type { Handler, ServerResponse } from '../request.ts';
import { pageNotFound, plainText } from './plain-text.ts';

/**
 * `/livez`, `/readyz` and `/healthz`, each also with `?verbose`, `?exclude=<check>` and `/<check>`. Source: Kubernetes reference "API health endpoints".
 */

export interface HealthCheck {
  name: string;
  /** Throws or rejects when something is wrong; the reason is for the log, clients don't see it unless `tellsReason`. */
  check(): void | Promise<void>;
  /** The reason is of use to whoever asks and says nothing that they must not know. */
  tellsReason?: true;
  /** Absent: all three. Something that passes by itself (starting, stopping) is no reason to be restarted, so not in `livez`. */
  endpoints?: HealthEndpoint[];
}

type HealthEndpoint = 'livez' | 'readyz' | 'healthz';

const PING: HealthCheck = { name: 'ping', check: () => {} };

/** `onFailure` is called with each failed check and its error. */
export function newHealthHandler(
  checks: readonly HealthCheck[],
  onFailure: (name: string, error: unknown) => void,
): Handler {
  return async ({ info, request: { query } }) => {
    const [, endpoint = '', ...rest] = info.path.split('/');
    const only = rest.length === 0 ? undefined : rest.join('/');
    const all = [PING, ...checks].filter(
      ({ endpoints }) => !endpoints || endpoints.includes(endpoint as HealthEndpoint),
    );
    const excluded = query.getAll('exclude');
    if (only !== undefined)
      return answerOne(
        all.find(({ name }) => name === only),
        onFailure,
      );
    const lines = await Promise.all(
      all.map((one) => (excluded.includes(one.name) ? `[+]${one.name} excluded: ok` : run(one, onFailure))),
    );
    return answer({ endpoint, lines: [...lines, ...unmatched(excluded, all)], isVerbose: query.has('verbose') });
  };
}

function unmatched(excluded: readonly string[], checks: readonly HealthCheck[]): string[] {
  const unknown = excluded.filter((one) => checks.every(({ name }) => name !== one));
  const quoted = [...new Set(unknown)].sort().map((name) => JSON.stringify(name));
  return quoted.length === 0 ? [] : [`warn: some health checks cannot be excluded: no matches for ${quoted.join(',')}`];
}

/** One check by its name says nothing but whether it is well. */
async function answerOne(
  check: HealthCheck | undefined,
  onFailure: (name: string, error: unknown) => void,
): Promise<ServerResponse> {
  if (!check) return pageNotFound;
  const line = await run(check, onFailure);
  if (line.startsWith('[-]')) return plainText(500, `internal server error: ${line.slice(3)}\n`);
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' };
}

async function run(one: HealthCheck, onFailure: (name: string, error: unknown) => void): Promise<string> {
  const { name, tellsReason } = one;
  try {
    await one.check();
    return `[+]${name} ok`;
  } catch (error) {
    onFailure(name, error);
    return `[-]${name} failed: ${tellsReason && error instanceof Error ? error.message : 'reason withheld'}`;
  }
}

function answer(result: { endpoint: string; lines: string[]; isVerbose: boolean }): ServerResponse {
  const { endpoint, lines, isVerbose } = result;
  const report = lines.map((line) => `${line}\n`).join('');
  if (lines.some((line) => line.startsWith('[-]'))) return plainText(500, `${report}${endpoint} check failed\n`);
  return plainText(200, isVerbose ? `${report}${endpoint} check passed\n` : 'ok');
}
