import type { Lease } from '../../../shared/apis/coordination/v1.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid } from '../types/field-error.ts';

/** They belong to coordinated leader election, which is off unless a server is told otherwise. */
function dropElectionFields(object: Unstructured): void {
  const { strategy, preferredHolder, ...spec }: Record<string, unknown> = { ...(object['spec'] as object | undefined) };
  if (strategy !== undefined || preferredHolder !== undefined) object['spec'] = spec;
}

export const leaseStrategy: Strategy = {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: false,
  prepareForCreate: (object) => dropElectionFields(object),
  prepareForUpdate: (object) => dropElectionFields(object),
  validate({ spec }: Lease) {
    const { leaseDurationSeconds = 1, leaseTransitions = 0 } = spec ?? {};
    return [
      ...(leaseDurationSeconds > 0
        ? []
        : [invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]),
      ...(leaseTransitions >= 0
        ? []
        : [invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]),
    ];
  },
};
