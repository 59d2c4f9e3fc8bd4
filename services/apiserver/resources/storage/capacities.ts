import { isDeepStrictEqual } from 'node:util';
import type { LabelSelector, StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { compareQuantities } from '../../../../shared/apis/quantity.ts';
import { causesOf, isDnsSubdomain } from '../../registry/object-names.ts';
import type { Strategy } from '../../registry/strategy.ts';
import { invalid } from '../../types/field-error.ts';
import { shownQuantity } from '../pod-spec/container-resources.ts';
import { NEGATIVE_TEXT } from '../pod-spec/field-rules.ts';
import { OLD_LABELS } from '../pod-spec/old-labels.ts';
import { validateLabelSelector } from '../validate-label-selector.ts';

/** CSIStorageCapacities: how much room a driver has where. Source: storage/validation. Nothing here places volumes. */

interface Capacity {
  nodeTopology?: LabelSelector;
  storageClassName?: string;
  capacity?: unknown;
}

const capacityOf = (object: Unstructured): Capacity => object as Capacity;

export const storageCapacityStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  validate(object) {
    const { nodeTopology, storageClassName = '', capacity } = capacityOf(object);
    const isNegative = capacity !== undefined && compareQuantities(capacity, '0') < 0;
    return [
      ...validateLabelSelector(nodeTopology, 'nodeTopology'),
      ...causesOf('storageClassName', storageClassName, isDnsSubdomain(storageClassName)),
      ...(isNegative ? [invalid('capacity', shownQuantity(capacity), NEGATIVE_TEXT)] : []),
    ];
  },
  validateUpdate: (object, old) =>
    (['nodeTopology', 'storageClassName'] as const).flatMap((name): StatusCause[] => {
      const [next, before] = [capacityOf(object)[name], capacityOf(old)[name]];
      return isDeepStrictEqual(next, before) ? [] : [invalid(name, next ?? null, 'field is immutable')];
    }),
  warningsOf(object) {
    const { matchLabels = {}, matchExpressions = [] } = capacityOf(object).nodeTopology ?? {};
    return [
      ...matchExpressions.flatMap(({ key }, index) =>
        OLD_LABELS.has(key) ? [`nodeTopology.matchExpressions[${index}].key: ${key} is ${OLD_LABELS.get(key)}`] : [],
      ),
      ...Object.keys(matchLabels).flatMap((key) =>
        OLD_LABELS.has(key) ? [`nodeTopology.matchLabels.${key}: ${OLD_LABELS.get(key)}`] : [],
      ),
    ];
  },
};
