import { kubeconfigText } from '../../shared/client/kubeconfig-text.ts';
import { ensureClusterInfo } from '../install/cluster-info.ts';
import type { AuthorityCheck } from './ca/authority-check.ts';
import { type DataDirectory, readIfExists, writePrivateFile } from './data-directory.ts';
import type { EmbeddedApi } from './embedded-api.ts';
import type { HubPki } from './hub-pki.ts';
import type { LivePki } from './live-pki.ts';

/** Where the hub's keys go, at the start and whenever they have changed: the listener, cluster-info, and the administrator's kubeconfig. */
export interface KeyReaders {
  embedded: EmbeddedApi;
  authority: AuthorityCheck;
  directory: Pick<DataDirectory, 'adminKubeconfig'>;
  server: string;
}

export async function keepPublished(
  pki: LivePki,
  { embedded, authority, directory, server }: KeyReaders,
): Promise<void> {
  const publish = async (keys: HubPki): Promise<void> => {
    embedded.useCertificates(keys);
    authority.changed();
    await ensureClusterInfo(embedded.client, { server, caPem: keys.caPem }, { replace: true });
    writeAdminKubeconfig(directory, keys, server);
  };
  await publish(pki.current());
  pki.follow(publish);
}

/** Written again only when something in it changed, so that whoever watches the file is not woken by each start. */
function writeAdminKubeconfig(
  { adminKubeconfig: file }: Pick<DataDirectory, 'adminKubeconfig'>,
  { caPem, admin }: HubPki,
  server: string,
): void {
  const text = kubeconfigText({
    server,
    caPem,
    clusterName: 'pullet',
    userName: 'admin',
    contextName: 'pullet',
    certPem: admin.certPem,
    keyPem: admin.keyPem,
  });
  if (readIfExists(file) !== text) writePrivateFile(file, text);
}
