import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import type { NodeTerm } from '../pod-spec/affinity.ts';
import type { Sources } from './volume-sources.ts';

/** A PersistentVolume's spec. */

export interface VolumeSpec extends Sources {
  capacity?: Record<string, unknown>;
  claimRef?: object;
  accessModes?: string[];
  persistentVolumeReclaimPolicy?: string;
  storageClassName?: string;
  volumeMode?: string;
  volumeAttributesClassName?: string;
  nodeAffinity?: { required?: { nodeSelectorTerms?: NodeTerm[] } };
}

export const volumeSpecOf = (object: Unstructured): VolumeSpec => (object['spec'] ?? {}) as VolumeSpec;

/** Where options were once said. */
export const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options';
