import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { invalid } from '../types/field-error.ts';

/** The apiVersions of what an autoscaler scales and looks at. One that was wrong before may stay. Source: autoscaling/validation, ValidateAPIVersion. */

export interface VersionedReference {
  apiVersion?: string;
  kind?: string;
}

export interface ReferringSpec {
  scaleTargetRef?: VersionedReference;
  metrics?: { type?: string; object?: { describedObject?: VersionedReference } }[];
}

export function validateVersions(spec: ReferringSpec, old: ReferringSpec | undefined): StatusCause[] {
  return [...validateTarget(spec, old), ...validateDescribed(spec, old)];
}

function validateTarget({ scaleTargetRef: target = {} }: ReferringSpec, old: ReferringSpec | undefined): StatusCause[] {
  const before = old && (old.scaleTargetRef ?? {});
  const isSame = before && before.kind === target.kind && before.apiVersion === target.apiVersion;
  if (isSame) return [];
  return causesOf(target, 'spec.scaleTargetRef', { mayBeCore: target.kind === 'ReplicationController' });
}

function validateDescribed(spec: ReferringSpec, old: ReferringSpec | undefined): StatusCause[] {
  const wasWrong = described(old ?? {}).some(({ metric, causes }) => metric.type === 'Object' && causes.length > 0);
  return wasWrong ? [] : described(spec).flatMap(({ causes }) => causes);
}

const described = ({ metrics = [] }: ReferringSpec) =>
  metrics.flatMap((metric, index) => {
    const { object } = metric;
    if (!object) return [];
    const field = `spec.metrics[${index}].object.describedObject`;
    return [{ metric, causes: causesOf(object.describedObject ?? {}, field, { mayBeCore: true }) }];
  });

function causesOf({ apiVersion = '' }: VersionedReference, field: string, { mayBeCore }: { mayBeCore: boolean }) {
  const slashes = apiVersion === '/' ? 0 : apiVersion.split('/').length - 1;
  const hasNoGroup = slashes === 0 || apiVersion.startsWith('/');
  const refuse = (why: string): StatusCause[] => [invalid(`${field}.apiVersion`, apiVersion, why)];
  if (slashes > 1) return refuse(`unexpected GroupVersion string: ${apiVersion}`);
  return hasNoGroup && !mayBeCore ? refuse('apiVersion must specify API group') : [];
}
