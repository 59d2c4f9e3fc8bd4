import { proxyFor } from '../../shared/client/proxy.ts';
import type { Environment } from '../../shared/client/proxy-environment.ts';
import { hubAt, type RegisterOptions } from './register-options.ts';

/**
 * Lines about the proxy on the way to the hub, if there is one. What `--proxy-url` names goes into the agent's kubeconfig; what only the environment of this command
 * names stays here, which is right on a laptop behind a proxy and wrong for a member behind the same one.
 */
export function proxyNote(options: RegisterOptions, env: Environment): string[] {
  const hub = hubAt(options);
  const proxy = proxyFor(hub, new URL(hub.server), env);
  if (!proxy) return [];
  const line = `[preflight] The hub is dialled through the proxy ${proxy.name}`;
  if (options.proxyUrl || options.agentEnv?.some(({ name }) => /^https_proxy$/i.test(name))) return [line];
  const hint =
    '[preflight] The agent is not told of it: if it needs a proxy too, give --proxy-url, or --agent-env HTTPS_PROXY=…';
  return [line, hint];
}
