import { isEqual } from '../../merge/json-value.ts';
import type { PodSpec } from '../validate-pod-spec.ts';
import { APP_ARMOR, type PodLike, placedContainers } from './annotations.ts';

/** Profiles of AppArmor that were told in annotations, before there was a field. Source: registry/core/pod, applyAppArmorVersionSkew. */

export interface ArmorProfile {
  type: string;
  localhostProfile?: string;
}

/** Undefined for what is no profile. */
export function profileOf(annotation: string): ArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const [, name] = /^localhost\/(.+)$/s.exec(annotation) ?? [];
  return name === undefined ? undefined : { type: 'Localhost', localhostProfile: name };
}

const MAX_NAME = 4095;
const isValid = ({ localhostProfile: name = '' }: ArmorProfile): boolean =>
  name.trim() === name && Buffer.byteLength(name) <= MAX_NAME;

/** Gives each container of a new pod the profile that an annotation has for it. */
export function applyArmorAnnotations({ metadata, spec = {} }: PodLike): void {
  for (const { container, profile } of annotated({ metadata: metadata ?? {}, spec })) {
    if (profile && !isEqual(profile, spec.securityContext?.appArmorProfile))
      container.securityContext = { ...container.securityContext, appArmorProfile: profile };
  }
}

/** What is to be said of such annotations, before they are followed. */
export function armorWarnings({ metadata, spec = {} }: PodLike): string[] {
  return annotated({ metadata: metadata ?? {}, spec }).flatMap(({ profile, key }) =>
    profile && isEqual(profile, spec.securityContext?.appArmorProfile) ? [] : [armorWarning('metadata', key)],
  );
}

export const armorWarning = (metadata: string, key: string): string =>
  `${metadata}.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`;

/** Containers that have an annotation and no profile. */
function annotated({ metadata, spec }: { metadata: NonNullable<PodLike['metadata']>; spec: PodSpec }) {
  if (spec.os?.name === 'windows') return [];
  return placedContainers(spec, '').flatMap(({ container }) => {
    const key = APP_ARMOR + (container.name ?? '');
    const said = metadata.annotations?.[key];
    if (said === undefined || container.securityContext?.appArmorProfile) return [];
    const profile = profileOf(said);
    return [{ container, key, profile: profile && isValid(profile) ? profile : undefined }];
  });
}
