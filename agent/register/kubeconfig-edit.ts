import { dump, load } from 'js-yaml';
import type { ClientCertificate } from './hub-credentials.ts';

/** Changes of one field of a kubeconfig, in the context that is used; all else stays as it was. JSON stays JSON. */

type Fields = Record<string, unknown>;

interface KubeconfigDocument {
  'current-context'?: string;
  contexts?: { name: string; context?: { user?: string; cluster?: string } }[];
  users?: { name: string; user?: Fields }[];
  clusters?: { name: string; cluster?: Fields }[];
}

/** With another client certificate for the user of the context. */
export function withCertificate(text: string, certificate: ClientCertificate, context?: string): string {
  return edited(text, (document) => {
    const entry = document.users?.find(({ name }) => name === contextOf(document, context)?.user);
    if (!entry) throw new Error('the kubeconfig for the hub has no user in its current context');
    const { 'client-certificate': _, 'client-key': __, ...user } = entry.user ?? {};
    entry.user = {
      ...user,
      'client-certificate-data': base64(certificate.certPem),
      'client-key-data': base64(certificate.keyPem),
    };
  });
}

/** With another bundle of authorities by which the hub of the context is known. */
export function withAuthorities(text: string, caPem: string, context?: string): string {
  return edited(text, (document) => {
    const entry = document.clusters?.find(({ name }) => name === contextOf(document, context)?.cluster);
    if (!entry) throw new Error('the kubeconfig for the hub has no cluster in its current context');
    const { 'certificate-authority': _, ...cluster } = entry.cluster ?? {};
    entry.cluster = { ...cluster, 'certificate-authority-data': base64(caPem) };
  });
}

function edited(text: string, edit: (document: KubeconfigDocument) => void): string {
  const document = load(text) as KubeconfigDocument;
  edit(document);
  const isJson = text.trimStart().startsWith('{');
  return isJson ? `${JSON.stringify(document, null, 2)}\n` : dump(document, { lineWidth: -1, noRefs: true });
}

function contextOf(document: KubeconfigDocument, context: string | undefined): { user?: string; cluster?: string } {
  const wanted = context ?? document['current-context'];
  return document.contexts?.find(({ name }) => name === wanted)?.context ?? {};
}

function base64(pem: string): string {
  return Buffer.from(pem).toString('base64');
}
