import { readFile } from 'node:fs/promises';
import { secrets } from '../../shared/apis/core/v1.ts';
import { isConflict } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { accessFromText } from '../../shared/client/kubeconfig.ts';
import { writePrivate } from './file-join-store.ts';
import type { ClientCertificate } from './hub-credentials.ts';
import { HUB_CREDENTIALS_SECRET } from './register-options.ts';

/** Where an agent's kubeconfig for the hub is kept, so that what is renewed in it goes back to where the old one came from. */
export interface KubeconfigPlace {
  /** For messages. */
  readonly name: string;
  read(signal: AbortSignal): Promise<string>;
  /** Puts what `edit` makes of the text in its place, whole or not at all; of two changes at once none is lost. `edit` may be asked again. */
  change(edit: (text: string) => string | Promise<string>, signal: AbortSignal): Promise<void>;
}

export function newFilePlace(path: string): KubeconfigPlace {
  const read = (): Promise<string> => readFile(path, 'utf8');
  let last: Promise<void> = Promise.resolve();
  return {
    name: path,
    read,
    change: (edit) => {
      const change = last.then(async () => writePrivate(path, await edit(await read())));
      last = change.catch(() => undefined);
      return change;
    },
  };
}

const TRIES = 5;

/** The Secret that register made in the member. The file that a pod sees of it follows by itself, a minute later. */
export function newSecretPlace(member: KubeClient, namespace: string): KubeconfigPlace {
  const key = { name: HUB_CREDENTIALS_SECRET, namespace };
  const name = `Secret ${namespace}/${HUB_CREDENTIALS_SECRET}`;
  const read = async (signal: AbortSignal): Promise<{ text: string; resourceVersion: string | undefined }> => {
    const { metadata, data } = await member.get(secrets, key, { signal });
    const base64 = data?.[HUB_CREDENTIALS_SECRET];
    if (base64 === undefined) throw new Error(`${name} of the member has no ${HUB_CREDENTIALS_SECRET}`);
    return { text: Buffer.from(base64, 'base64').toString('utf8'), resourceVersion: metadata.resourceVersion };
  };
  const change: KubeconfigPlace['change'] = async (edit, signal) => {
    for (let tries = 1; ; tries++) {
      const { text, resourceVersion } = await read(signal);
      const data = { [HUB_CREDENTIALS_SECRET]: Buffer.from(await edit(text)).toString('base64') };
      const patch = { metadata: { resourceVersion }, data };
      try {
        await member.patch(secrets, key, { type: 'merge', patch }, { signal });
        return;
      } catch (error) {
        if (!isConflict(error) || tries === TRIES) throw error;
      }
    }
  };
  return { name, read: async (signal) => (await read(signal)).text, change };
}

/** What a kubeconfig's context says of the hub: the client certificate, undefined if it uses something else, and the authorities. */
export async function hubCredentialIn(
  text: string,
  { name, context }: { name: string; context?: string | undefined },
): Promise<{ certificate?: ClientCertificate; caPem?: string }> {
  const { certPem, keyPem, caPem } = (await accessFromText(text, name, context)).transport;
  return { ...(certPem && keyPem ? { certificate: { certPem, keyPem } } : {}), ...(caPem ? { caPem } : {}) };
}
