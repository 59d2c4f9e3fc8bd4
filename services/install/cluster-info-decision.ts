import { CLUSTER_INFO_KUBECONFIG_KEY } from '../../shared/apis/bootstrap/token.ts';
import type { ConfigMap } from '../../shared/apis/core/v1.ts';
import { clusterInfoKubeconfig, serverOfClusterInfo } from './cluster-info.ts';
import type { Outcome } from './ensure-item.ts';
import { InstallError } from './install-error.ts';
import { isOurs } from './install-step.ts';
import { unreachableBecause } from './reachable-address.ts';

/**
 * What becomes of kube-public/cluster-info at an installation: made where there is none, used as it is where it names an address that members can reach, and
 * overwritten only when that is asked for. Pure.
 */
export interface ClusterInfoRequest {
  /** Where the kubeconfig finds the API, and whom it trusts. */
  server: string;
  caPem?: string;
  /** `https://host:port`, given by the user: taken as it is. */
  advertised?: string;
  /** Write over what is there. */
  isOverwriting: boolean;
}

export interface ClusterInfoDecision {
  outcome: Outcome;
  /** What members are told in the end: `https://host:port`. */
  server: string;
  /** To be written. */
  kubeconfig?: string;
}

const ADVERTISE = '--advertise-address HOST:PORT';

export function decideClusterInfo(current: ConfigMap | undefined, request: ClusterInfoRequest): ClusterInfoDecision {
  const text = current?.data?.[CLUSTER_INFO_KUBECONFIG_KEY];
  if (!current || text === undefined) return { ...newContent(request), outcome: current ? 'configured' : 'created' };
  const server = serverOfClusterInfo(current);
  if (request.isOverwriting) {
    const wanted = newContent(request);
    return wanted.kubeconfig === text ? { outcome: 'unchanged', server } : { ...wanted, outcome: 'configured' };
  }
  refuseOther(server, request);
  // What we made with an address that the user gave is right.
  if (request.advertised === undefined && !isOurs(current)) refuseUnreachable(server, 'cluster-info of this cluster');
  return { outcome: 'unchanged', server };
}

function newContent({ server: own, caPem, advertised }: ClusterInfoRequest): { server: string; kubeconfig: string } {
  if (advertised === undefined) refuseUnreachable(own, 'the kubeconfig');
  if (!caPem) {
    throw new InstallError(
      'the kubeconfig has no certificate-authority-data, so that members could not be told whom to trust',
      'Give a kubeconfig that has it.',
    );
  }
  const server = advertised ?? own;
  return { server, kubeconfig: clusterInfoKubeconfig({ server, caPem }) };
}

function refuseOther(server: string, { advertised }: ClusterInfoRequest): void {
  if (advertised === undefined || advertised === server) return;
  throw new InstallError(
    `cluster-info of this cluster says ${server} already, and not ${advertised}`,
    'To have it say so, for everybody who joins this cluster (kubeadm too): add --overwrite-cluster-info.',
  );
}

function refuseUnreachable(server: string, whose: string): void {
  const host = URL.canParse(server) ? new URL(server).hostname.replace(/^\[|\]$/g, '') : '';
  const why = host === '' ? 'that is no https address' : unreachableBecause(host);
  if (why === undefined) return;
  const isTheirs = whose.startsWith('cluster-info');
  throw new InstallError(
    `${whose} names ${server}, which members can not reach: ${why}`,
    `Say where members reach the API server of this cluster: ${ADVERTISE}${isTheirs ? ' --overwrite-cluster-info' : ''}. Its certificate has to be for that name.`,
  );
}
