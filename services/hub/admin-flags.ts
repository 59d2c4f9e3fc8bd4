import { type ClusterAccess, loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { refusalReason } from '../../shared/client/refusal-reason.ts';
import { systemClock } from '../../shared/controller/system-clock.ts';
import type { Flag, FlagValues } from '../../shared/process/flags.ts';
import type { ProcessContext } from '../../shared/process/program.ts';

/** What a command that asks a running hub takes: who asks, and whether it is only to tell of itself. */
export const ADMIN_FLAGS: readonly Flag[] = [
  {
    name: 'kubeconfig',
    type: 'string',
    value: 'FILE',
    help: "the administrator's kubeconfig (default: $KUBECONFIG, then ~/.kube/config)",
  },
  { name: 'context', type: 'string', value: 'NAME', help: 'context of that kubeconfig (default: its current one)' },
  { name: 'help', short: 'h', type: 'boolean', default: 'false', help: 'show this' },
];

export function adminAccess(values: FlagValues, { env }: Pick<ProcessContext, 'env'>): Promise<ClusterAccess> {
  const { kubeconfig, context } = values;
  return loadKubeconfig({
    ...(kubeconfig ? { path: String(kubeconfig) } : {}),
    ...(context ? { context: String(context) } : {}),
    env,
  });
}

/** The error of a request to the hub, with why the hub refused it where that can be told. */
export async function explained(access: ClusterAccess, error: unknown): Promise<unknown> {
  const why = await refusalReason(access, error, { clock: systemClock });
  return why ? new Error(`${error instanceof Error ? error.message : error}\n${why}`, { cause: error }) : error;
}
