import type { IgnoredFields } from './merger.ts';

export interface ResetSubject {
  kind: string;
  source: 'builtin' | 'crd';
  hasStatus: boolean;
  subresource: string;
}

/**
 * What an endpoint resets before it stores an object, and whose owner therefore does not change there: the main one the status of a kind that has
 * it apart, the status one everything that is not status. As the `GetResetFields` of upstream's strategies.
 */
export function resetFieldsOf({ kind, source, hasStatus, subresource }: ResetSubject): IgnoredFields {
  if (source === 'builtin' && kind === 'CertificateSigningRequest')
    return [['spec'], OF_REQUESTS[subresource] ?? ['status']];
  if (subresource === '') return hasStatus ? [['status']] : [];
  if (subresource !== 'status') return [];
  if (source === 'crd' || WHOLE_METADATA.includes(kind)) return [['metadata'], ['spec']];
  return [['spec'], ...(METADATA[kind] ?? [])];
}

/** Of CertificateSigningRequests, whose spec can't be changed after it is made: conditions are nobody's through the status, although they can be written there. */
const OF_REQUESTS: Readonly<Record<string, readonly string[]>> = {
  status: ['status', 'conditions'],
  approval: ['status', 'certificate'],
};

/** Kinds whose status takes nothing of the metadata along. */
const WHOLE_METADATA: readonly string[] = [
  'FlowSchema',
  'PriorityLevelConfiguration',
  'ResourceClaim',
  'ServiceCIDR',
  'ValidatingAdmissionPolicy',
  'VolumeAttachment',
];

const METADATA: Readonly<Record<string, IgnoredFields>> = {
  Deployment: [['metadata', 'labels']],
  Pod: [
    ['metadata', 'deletionTimestamp'],
    ['metadata', 'ownerReferences'],
  ],
};
