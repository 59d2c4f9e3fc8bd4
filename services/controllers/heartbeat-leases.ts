import { CLUSTER_NAMESPACE } from '../../shared/apis/cluster/v1alpha1.ts';
import { type Lease, leases } from '../../shared/apis/coordination/v1.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import type { Informers } from './informers.ts';

/** The leases that agents renew. Of each is kept whose it is, and when it was renewed: that changes every ten seconds, for thousands of clusters. */
export function heartbeatLeases(informers: Informers): Informer<Lease> {
  return informers.of(leases, { namespace: CLUSTER_NAMESPACE, transform: keepRenewal });
}

function keepRenewal({ apiVersion, kind, metadata, spec }: Lease): Lease {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata;
  const renewTime = spec?.renewTime;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion },
    ...(renewTime === undefined ? {} : { spec: { renewTime } }),
  };
}
