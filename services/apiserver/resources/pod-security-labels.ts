import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { invalid } from '../types/field-error.ts';

const LEVELS = ['privileged', 'baseline', 'restricted'];
const VERSION = /^(latest|v1\.(0|[1-9]\d*))$/;
const MODES = ['enforce', 'audit', 'warn'];

/**
 * A namespace's labels that say how safe its pods must be have to mean something. Source: pod-security-admission, api/helpers.go. Nothing here holds pods
 * to them.
 */
export function podSecurityCauses(labels: Readonly<Record<string, string>>): StatusCause[] {
  return MODES.flatMap((mode) => {
    const key = `pod-security.kubernetes.io/${mode}`;
    const [level, version] = [labels[key], labels[`${key}-version`]];
    return [
      ...(level === undefined || LEVELS.includes(level)
        ? []
        : [invalid(`metadata.labels[${key}]`, level, `must be one of ${LEVELS.join(', ')}`)]),
      ...(version === undefined || VERSION.test(version)
        ? []
        : [invalid(`metadata.labels[${key}-version]`, version, 'must be "latest" or "v1.x"')]),
    ];
  });
}
