import { readFile } from 'node:fs/promises';
import { dump, load } from 'js-yaml';
import { secrets } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { accessFromText } from '../../shared/client/kubeconfig.ts';
import { writePrivate } from './file-join-store.ts';
import type { ClientCertificate } from './hub-credentials.ts';
import { HUB_CREDENTIALS_SECRET } from './register-options.ts';

/** Where an agent's kubeconfig for the hub is kept, so that a renewed certificate goes back to where the old one came from. */
export interface KubeconfigPlace {
  /** For messages. */
  readonly name: string;
  read(signal: AbortSignal): Promise<string>;
  /** Whole or not at all, over what `read` gave last. */
  write(text: string, signal: AbortSignal): Promise<void>;
}

export function newFilePlace(path: string): KubeconfigPlace {
  return { name: path, read: () => readFile(path, 'utf8'), write: (text) => writePrivate(path, text) };
}

/** The Secret that register made in the member. The file that a pod sees of it follows by itself, a minute later. */
export function newSecretPlace(member: KubeClient, namespace: string): KubeconfigPlace {
  const key = { name: HUB_CREDENTIALS_SECRET, namespace };
  let resourceVersion: string | undefined;
  const name = `Secret ${namespace}/${HUB_CREDENTIALS_SECRET}`;
  return {
    name,
    read: async (signal) => {
      const secret = await member.get(secrets, key, { signal });
      resourceVersion = secret.metadata.resourceVersion;
      const data = secret.data?.[HUB_CREDENTIALS_SECRET];
      if (data === undefined) throw new Error(`${name} of the member has no ${HUB_CREDENTIALS_SECRET}`);
      return Buffer.from(data, 'base64').toString('utf8');
    },
    write: async (text, signal) => {
      const data = { [HUB_CREDENTIALS_SECRET]: Buffer.from(text).toString('base64') };
      const patch = { metadata: { resourceVersion }, data };
      await member.patch(secrets, key, { type: 'merge', patch }, { signal });
    },
  };
}

/** The client certificate that a kubeconfig's context uses; undefined if it uses something else. */
export async function certificateIn(
  text: string,
  { name, context }: { name: string; context?: string | undefined },
): Promise<ClientCertificate | undefined> {
  const { certPem, keyPem } = (await accessFromText(text, name, context)).transport;
  return certPem && keyPem ? { certPem, keyPem } : undefined;
}

interface KubeconfigDocument {
  'current-context'?: string;
  contexts?: { name: string; context?: { user?: string } }[];
  users?: { name: string; user?: Record<string, unknown> }[];
}

/** The same kubeconfig with another client certificate for the user of its context; all else stays as it was. JSON stays JSON. */
export function withCertificate(text: string, certificate: ClientCertificate, context?: string): string {
  const document = load(text) as KubeconfigDocument;
  const wanted = context ?? document['current-context'];
  const userName = document.contexts?.find(({ name }) => name === wanted)?.context?.user;
  const entry = document.users?.find(({ name }) => name === userName);
  if (!entry) throw new Error('the kubeconfig for the hub has no user in its current context');
  const { 'client-certificate': _, 'client-key': __, ...user } = entry.user ?? {};
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  entry.user = {
    ...user,
    'client-certificate-data': base64(certificate.certPem),
    'client-key-data': base64(certificate.keyPem),
  };
  const isJson = text.trimStart().startsWith('{');
  return isJson ? `${JSON.stringify(document, null, 2)}\n` : dump(document, { lineWidth: -1, noRefs: true });
}
