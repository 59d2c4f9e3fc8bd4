import type { KeyObject } from 'node:crypto';
import { SYSTEM_LABEL } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Namespace, namespaces, type Secret, secrets } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent, getIfPresent } from '../../shared/client/ensure-object.ts';
import { newKey, privateKeyPem, readPrivateKey } from '../../shared/pki/private-key.ts';
import { HUB_CREDENTIALS_SECRET, RegisterError } from './register-options.ts';

/**
 * Where a join that was interrupted is taken up again. The key is kept before the hub hears of it: the hub gives a name to whoever holds the key that
 * claimed it, so a second run must have the same one. In the member it waits in the Secret that will hold the kubeconfig, marked as not finished.
 */
export interface JoinStore {
  /** The key of this join: that of the interrupted run, or a new one, kept. */
  loadOrNewKey(signal: AbortSignal): Promise<KeyObject>;
  /** The kubeconfig that an interrupted run already got, or undefined. */
  loadKubeconfig(signal: AbortSignal): Promise<string | undefined>;
  saveKubeconfig(text: string, signal: AbortSignal): Promise<void>;
  /** The join is complete. */
  finish(signal: AbortSignal): Promise<void>;
}

/** On the Secret while its join is not finished: `<cluster>@<hub endpoint>`. */
export const JOINING_ANNOTATION = 'pullet.io/joining';
const PENDING_KEY = 'pending-key';

export function joinMark(options: { clusterName: string; hubEndpoint: string }): string {
  return `${options.clusterName}@${options.hubEndpoint}`;
}

export function newMemberJoinStore(member: KubeClient, namespace: string, mark: string): JoinStore {
  const key = { name: HUB_CREDENTIALS_SECRET, namespace };
  const load = (signal: AbortSignal) => ownSecret(member, key, mark, signal);
  const write = async (
    data: Record<string, string>,
    annotations: Record<string, string | null>,
    signal: AbortSignal,
  ) => {
    const secret = await load(signal);
    if (!secret)
      throw new RegisterError(`Secret ${namespace}/${key.name} has vanished while joining; run this command again`);
    const current = { ...secret.metadata.annotations, ...annotations };
    const kept = Object.fromEntries(
      Object.entries(current).filter((entry): entry is [string, string] => entry[1] !== null),
    );
    await member.update(secrets, { ...secret, metadata: { ...secret.metadata, annotations: kept }, data }, { signal });
  };
  return {
    loadOrNewKey: async (signal) => {
      const kept = decode((await load(signal))?.data?.[PENDING_KEY]);
      if (kept !== undefined) return readPrivateKey(kept);
      const fresh = await newKey('ec-p256');
      await ensureNamespace(member, namespace, signal);
      await member.create(secrets, newPendingSecret(key, mark, privateKeyPem(fresh)), { signal });
      return fresh;
    },
    loadKubeconfig: async (signal) => decode((await load(signal))?.data?.[HUB_CREDENTIALS_SECRET]),
    saveKubeconfig: async (text, signal) => {
      const pending = (await load(signal))?.data?.[PENDING_KEY];
      const data = { [HUB_CREDENTIALS_SECRET]: encode(text), ...(pending ? { [PENDING_KEY]: pending } : {}) };
      await write(data, {}, signal);
    },
    finish: async (signal) => {
      const kubeconfig = (await load(signal))?.data?.[HUB_CREDENTIALS_SECRET];
      if (kubeconfig) await write({ [HUB_CREDENTIALS_SECRET]: kubeconfig }, { [JOINING_ANNOTATION]: null }, signal);
    },
  };
}

/** The Secret if it belongs to this join; preflight has refused any other. */
async function ownSecret(
  member: KubeClient,
  key: { name: string; namespace: string },
  mark: string,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  const secret = await getIfPresent(member, secrets, key, signal);
  return secret?.metadata.annotations?.[JOINING_ANNOTATION] === mark ? secret : undefined;
}

function newPendingSecret(key: { name: string; namespace: string }, mark: string, pem: string): Secret {
  const metadata = { ...key, labels: { [SYSTEM_LABEL]: 'true' }, annotations: { [JOINING_ANNOTATION]: mark } };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { [PENDING_KEY]: encode(pem) } };
}

async function ensureNamespace(member: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const metadata = { name, labels: { [SYSTEM_LABEL]: 'true' } };
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  await createIfAbsent(member, namespaces, namespace, signal);
}

const encode = (text: string): string => Buffer.from(text).toString('base64');
const decode = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
