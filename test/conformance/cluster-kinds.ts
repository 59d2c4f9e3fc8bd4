/** Nodes, leases, events and certificates: what is told of a cluster rather than asked of it. */

import type { Kind } from './objects.ts';

export const node: Kind = {
  apiVersion: 'v1',
  kind: 'Node',
  resource: 'nodes',
  namespaced: false,
  base: {},
  edits: [
    { spec: { unschedulable: true } },
    { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
    { spec: { taints: [{ key: 'a', effect: 'Nonsense' }] } },
    { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } },
    { spec: { podCIDR: 'nonsense' } },
    { spec: { providerID: 'a://b' } },
  ],
  statusEdits: [
    { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'R', message: 'm' }] } },
    { status: { capacity: { cpu: '2', memory: '1Gi' }, allocatable: { cpu: '2' } } },
    { status: { capacity: { cpu: '-2' } } },
    { status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } },
    { status: { nodeInfo: { kubeletVersion: 'v1' } } },
  ],
  fieldSelectors: ['spec.unschedulable=true', 'spec.unschedulable=false'],
};

export const event: Kind = {
  apiVersion: 'v1',
  kind: 'Event',
  resource: 'events',
  namespaced: true,
  base: {
    involvedObject: { kind: 'Pod', name: 'p', namespace: '<<namespace>>' },
    reason: 'R',
    message: 'm',
    type: 'Normal',
  },
  edits: [
    { count: 2 },
    { type: 'Nonsense' },
    { involvedObject: { namespace: 'other' } },
    { lastTimestamp: '2020-01-01T00:00:00Z' },
    { eventTime: '2020-01-01T00:00:00.000000Z' },
    { reason: 'Other' },
    { reportingComponent: 'c', reportingInstance: 'i', action: 'a' },
    { series: { count: 2, lastObservedTime: '2020-01-01T00:00:00.000000Z' } },
  ],
  fieldSelectors: [
    'involvedObject.name=p',
    'reason=R',
    'reason!=R',
    'type=Normal,involvedObject.kind=Pod',
    'source=x',
    'nonsense=x',
  ],
};

/** A request of a real key; what it says does not matter here. */
const certificateRequest = `-----BEGIN CERTIFICATE REQUEST-----
MIHjMIGKAgEAMCgxEDAOBgNVBAoMB2V4YW1wbGUxFDASBgNVBAMMC2NvbmZvcm1h
bmNlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC5edeO1K/qQPk6Mj7O4BvY5Y
mLKyvc4ItRsdiu49wZNy5ktSXAbpvY8485CXd2gRjV3XYpVVFVMKSUwHi83FUqAA
MAoGCCqGSM49BAMCA0gAMEUCIAfZT2jAWlB6Y+CI9EZGilZNkMPxHPZNDs9SjJGP
mgpcAiEA9iFS3AHMwGiB989DLBs2dvCoOKrlE2c/jU2y3LVjbXU=
-----END CERTIFICATE REQUEST-----
`;

export const signingRequest: Kind = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  namespaced: false,
  base: {
    spec: {
      request: Buffer.from(certificateRequest).toString('base64'),
      signerName: 'example.com/signer',
      usages: ['client auth'],
    },
  },
  edits: [
    { spec: { usages: ['nonsense'] } },
    { spec: { usages: [] } },
    { spec: { signerName: 'no-slash' } },
    { spec: { signerName: null } },
    { spec: { expirationSeconds: 5 } },
    { spec: { expirationSeconds: 3600 } },
    { spec: { request: 'eA==' } },
    { spec: { username: 'somebody' } },
    { metadata: { labels: { a: 'b' } } },
  ],
  statusEdits: [
    { status: { conditions: [{ type: 'Approved', status: 'True' }] } },
    { status: { certificate: 'eA==' } },
  ],
  fieldSelectors: ['spec.signerName=example.com/signer'],
};

export const lease: Kind = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  resource: 'leases',
  namespaced: true,
  base: { spec: { holderIdentity: 'me' } },
  edits: [
    { spec: { holderIdentity: 'you', leaseTransitions: 2 } },
    { spec: { renewTime: '2020-01-01T00:00:00.000000Z' } },
    { spec: { renewTime: '2020-01-01T00:00:00Z' } },
    { spec: { renewTime: 'yesterday' } },
    { spec: { leaseDurationSeconds: 0 } },
    { spec: { leaseDurationSeconds: 40 } },
    { spec: { leaseTransitions: -1 } },
    { spec: { holderIdentity: '' } },
    { spec: { strategy: 'OldestEmulationVersion' } },
    { spec: null },
  ],
};
