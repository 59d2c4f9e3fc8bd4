import type { KeyToPath, Projection } from './volume-files.ts';

/** Of each sort of a volume what is looked at. */
export interface VolumeSource {
  path?: string;
  type?: string;
  repository?: string;
  directory?: string;
  secretName?: string;
  name?: string;
  claimName?: string;
  server?: string;
  driver?: string;
  reference?: string;
  pullPolicy?: string;
  sizeLimit?: unknown;
  defaultMode?: number;
  items?: KeyToPath[];
  sources?: Projection[];
  volumeClaimTemplate?: object;
  [field: string]: unknown;
}
