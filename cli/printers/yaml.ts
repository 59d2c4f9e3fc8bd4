import { dump } from 'js-yaml';

/** YAML as kubectl prints it; what YAML 1.1 readers would take for a boolean or a number is quoted. */
export function toYaml(value: unknown): string {
  return dump(value, { noRefs: true, lineWidth: -1, sortKeys: true });
}
