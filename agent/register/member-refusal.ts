import { isForbidden, isStatusError, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { JoinStore } from './join-progress.ts';
import { RegisterError } from './register-options.ts';

/** Says that it was the member that refused, and what to do: the user has given two addresses and two credentials. */

const FIX =
  'Use a kubeconfig of an administrator of the member: rights can only be given by who has them. `pullet doctor HUB --kubeconfig MEMBER` lists what is missing.';

export async function asMember<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw memberRefusal(error);
  }
}

/** Any other error is what it was. */
function memberRefusal(error: unknown): unknown {
  if (!isStatusError(error)) return error;
  if (isForbidden(error)) {
    return new RegisterError(`the member does not let the user of its kubeconfig do this: ${error.message}`, {
      cause: error,
      fix: FIX,
    });
  }
  if (!isUnauthorized(error)) return error;
  return new RegisterError(`the member does not know the user of its kubeconfig, or not any more: ${error.message}`, {
    cause: error,
    fix: 'Check --kubeconfig and --context, and whether its token or certificate has ended: kubectl auth whoami says who the member takes it for.',
  });
}

export function tellingJoinStore(store: JoinStore): JoinStore {
  return {
    loadOrNewKey: (signal) => asMember(() => store.loadOrNewKey(signal)),
    loadKubeconfig: (signal) => asMember(() => store.loadKubeconfig(signal)),
    saveKubeconfig: (text, signal) => asMember(() => store.saveKubeconfig(text, signal)),
    finish: (signal) => asMember(() => store.finish(signal)),
  };
}
