import type { Namespace } from '../../../shared/apis/core/v1.ts';
import { newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isEqual } from '../merge/json-value.ts';
import { causesOf, isDnsLabel, isQualifiedName } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { STANDARD_FINALIZERS } from '../registry/validate-metadata.ts';
import { invalid } from '../types/field-error.ts';
import { podSecurityCauses } from './pod-security-labels.ts';

/** Namespaces are deleted in two steps: marked Terminating, emptied by the namespace controller, and gone when `spec.finalizers` is empty. */

const FINALIZER = 'kubernetes';
const NAME_LABEL = 'kubernetes.io/metadata.name';
const PROTECTED = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export const namespaceStrategy: Strategy = {
  nameRule: isDnsLabel,
  returnsDeletedObject: true,
  deletesPlainly: true,
  prepareForCreate(object) {
    const finalizers = specOf(object).finalizers ?? [];
    object['spec'] = { finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] };
    object['status'] = { phase: 'Active' };
    object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: object.metadata.name ?? '' };
  },
  prepareForUpdate(object, old) {
    object['spec'] = { ...specOf(object), finalizers: specOf(old).finalizers ?? [] };
    object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: old.metadata.name ?? '' };
  },
  validateCreate: (object) => [
    ...(specOf(object).finalizers ?? []).flatMap(finalizerCauses),
    ...podSecurityCauses(object.metadata.labels ?? {}),
  ],
  /** Wrong labels that were there may stay. */
  validateUpdate({ metadata }, old) {
    const causes = podSecurityCauses(metadata.labels ?? {});
    return isEqual(causes, podSecurityCauses(old.metadata.labels ?? {})) ? [] : causes;
  },
  subresources: {
    /** Only the list of spec's finalizers counts. */
    finalize(object, old) {
      const { finalizers } = specOf(object);
      const { metadata } = object;
      for (const field of Object.keys(object)) delete object[field];
      Object.assign(object, structuredClone(old));
      if (metadata.managedFields) object.metadata.managedFields = metadata.managedFields;
      object['spec'] = finalizers?.length ? { finalizers } : {};
    },
  },
  validateSubresource({ metadata, status }: Namespace) {
    const { phase = 'Active' } = status ?? {};
    const wanted = metadata.deletionTimestamp ? 'Terminating' : 'Active';
    if (phase === wanted) return [];
    const emptiness = metadata.deletionTimestamp ? 'is not' : 'is';
    const text = `may only be '${wanted}' if \`deletionTimestamp\` ${emptiness} empty`;
    return [invalid('status.Phase', phase, text)];
  },
  checkDelete({ metadata }) {
    if (PROTECTED.slice(0, 3).includes(metadata.name ?? ''))
      throw newForbidden({ resource: 'namespaces', name: metadata.name ?? '' }, 'this namespace may not be deleted');
  },
  isHeldAsMarked: (object) => Boolean(object.metadata.deletionTimestamp && specOf(object).finalizers?.length),
  holdDeletion(object) {
    if (!specOf(object).finalizers?.length && !object.metadata.finalizers?.length) return false;
    object['status'] = { ...(object['status'] as Namespace['status']), phase: 'Terminating' };
    return true;
  },
};

function finalizerCauses(name: string): StatusCause[] {
  const field = 'spec.finalizers';
  const isKnown = name.includes('/') || STANDARD_FINALIZERS.includes(name);
  const text = 'name is neither a standard finalizer name nor is it fully qualified';
  return [...causesOf(field, name, isQualifiedName(name)), ...(isKnown ? [] : [invalid(field, name, text)])];
}

function specOf(object: Unstructured): NonNullable<Namespace['spec']> {
  const { spec }: Namespace = object;
  return spec ?? {};
}
