import type { KubeObject } from '../meta/v1.ts';
import type { ResourceType } from '../resource-type.ts';

/** coordination.k8s.io/v1. `acquireTime` and `renewTime` are MicroTime: RFC 3339 with six decimals. */
export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export const leases: ResourceType<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  resource: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/** A time as MicroTime text. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}
