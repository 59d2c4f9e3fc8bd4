/** Kubeconfig files for a test control plane. */

import type { CertificateAndKey } from './certificates.ts';

/** What a kubeconfig states; `name` becomes the name of cluster, user and context. */
export interface KubeconfigSource {
  readonly name: string;
  readonly server: string;
  readonly caPem: string;
  readonly user: CertificateAndKey;
}

/** A kubeconfig with one context that authenticates by client certificate. All data is inside: it names no other file. */
export function newKubeconfig({ name, server, caPem, user }: KubeconfigSource): string {
  return `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
- name: ${name}
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(caPem)}
users:
- name: ${name}
  user:
    client-certificate-data: ${base64(user.certPem)}
    client-key-data: ${base64(user.keyPem)}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}
`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
