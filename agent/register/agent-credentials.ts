import { type Deployment, deployments } from '../../shared/apis/apps/v1.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { HUB_CREDENTIALS_SECRET } from './register-options.ts';

/**
 * The kubeconfig for the hub that an installed agent uses, found as karmadactl finds it (the wire contract, section 3.1): the flag in
 * the container's `command`, the mount that its directory is, the Secret behind the mount. Undefined where any of them is missing.
 */
export async function readAgentKubeconfig(
  member: KubeClient,
  agent: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const deployment = await getIfPresent(member, deployments, agent, signal);
  // Where the Deployment is gone already, an earlier run got that far: the Secret goes last and has the usual name.
  const usual = { secret: HUB_CREDENTIALS_SECRET, key: HUB_CREDENTIALS_SECRET };
  const place = deployment ? placeOf(deployment) : usual;
  if (!place) return undefined;
  const secret = await getIfPresent(member, secrets, { name: place.secret, namespace: agent.namespace }, signal);
  const data = secret?.data?.[place.key];
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
}

const FLAG = '--karmada-kubeconfig=';

function placeOf({ spec }: Deployment): { secret: string; key: string } | undefined {
  const pod = spec?.template.spec;
  const container = pod?.containers[0];
  const path = container?.command?.find((word) => word.startsWith(FLAG))?.slice(FLAG.length);
  if (!path) return undefined;
  const slash = path.lastIndexOf('/');
  const mounts = (container?.['volumeMounts'] ?? []) as { name: string; mountPath: string }[];
  const volumes = (pod?.['volumes'] ?? []) as { name: string; secret?: { secretName: string } }[];
  const mount = mounts.find(({ mountPath }) => mountPath.replace(/\/$/, '') === path.slice(0, slash));
  const secret = volumes.find(({ name }) => name === mount?.name)?.secret?.secretName;
  return secret === undefined ? undefined : { secret, key: path.slice(slash + 1) };
}
