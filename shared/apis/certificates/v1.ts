import type { KubeObject } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';

/** certificates.k8s.io/v1. */

export interface CertificateSigningRequestCondition {
  type: 'Approved' | 'Denied' | 'Failed';
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastUpdateTime?: string;
  lastTransitionTime?: string;
}

export interface CertificateSigningRequest extends KubeObject {
  spec: {
    /** base64 of a PEM block `CERTIFICATE REQUEST`. */
    request: string;
    signerName: string;
    expirationSeconds?: number;
    usages?: string[];
    /** Set by the API server from the requester. */
    username?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
  };
  status?: {
    conditions?: CertificateSigningRequestCondition[];
    /** base64 of the PEM chain. */
    certificate?: string;
  };
}

export const certificateSigningRequests: ResourceType<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  resource: 'certificatesigningrequests',
  kind: 'CertificateSigningRequest',
  namespaced: false,
};

export const KUBE_APISERVER_CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
