import { type CertificateSigningRequest, certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import type { Informers } from './informers.ts';

/**
 * Certificate requests as the hub's controllers know them. Whoever has a token makes as many as they like and puts into them what they like: of each only what says where it stands
 * is kept, and whoever decides on it or signs it reads it whole.
 */

/** Without what the requester wrote, but for the signer. The status is written by who may approve or sign. */
export function withoutTexts({ apiVersion, kind, metadata, spec, status }: CertificateSigningRequest) {
  const { name, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  const times = {
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
  };
  const known: CertificateSigningRequest = {
    apiVersion,
    kind,
    metadata: {
      ...times,
      ...(name ? { name } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
    },
    spec: { request: '', signerName: spec.signerName },
    ...(status ? { status } : {}),
  };
  return known;
}

export function csrInformer(informers: Informers): Informer<CertificateSigningRequest> {
  return informers.of(certificateSigningRequests, { transform: withoutTexts });
}

/** As it is now; undefined if it is gone. */
export function readWhole(
  client: KubeClient,
  { metadata: { name = '' } }: CertificateSigningRequest,
  signal: AbortSignal,
): Promise<CertificateSigningRequest | undefined> {
  return getIfPresent(client, certificateSigningRequests, { name }, signal);
}
