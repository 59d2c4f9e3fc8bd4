import type { Target } from './target.ts';

/** Preconditions that upstream leaves to its storage, and the words of that. */

/** Where upstream keeps what is not kept under its own name; its messages show it. */
const STORED_UNDER: Record<string, string> = {
  services: 'services/specs',
  nodes: 'minions',
  endpoints: 'services/endpoints',
  customresourcedefinitions: 'apiextensions.k8s.io/customresourcedefinitions',
  apiservices: 'apiregistration.k8s.io/apiservices',
};

function keyOf({ definition, namespace, name }: Target): string {
  const { source, group, plural } = definition;
  const place = source === 'crd' ? `${group}/${plural}` : (STORED_UNDER[plural] ?? plural);
  return ['/registry', place, namespace, name].filter(Boolean).join('/');
}

/** `failed`: what was asked for and what was found, by upstream's name of the field. */
export function preconditionText(target: Target, failed: Record<string, [asked: string, found: string]>): string {
  const why = Object.entries(failed).map(
    ([field, [asked, found]]) => `${field} in precondition: ${asked}, ${field} in object meta: ${found}`,
  );
  return `StorageError: invalid object, Code: 4, Key: ${keyOf(target)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${why.join(', ')}`;
}
