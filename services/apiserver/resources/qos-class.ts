import { compareQuantities } from '../../../shared/apis/quantity.ts';
import type { Container, PodSpec } from './validate-pod-spec.ts';

/** How much a node may count on a pod keeping to what it asks for. Source: kubernetes, pkg/apis/core/v1/helper/qos. */
export function qosClassOf({ containers, initContainers, resources }: PodSpec): string {
  // What a pod says of itself as a whole counts instead of its containers, be it nothing.
  const all: Container[] = resources ? [{ resources }] : [...(containers ?? []), ...(initContainers ?? [])];
  if (all.every((one) => amounts(one, 'requests').length + amounts(one, 'limits').length === 0)) return 'BestEffort';
  return all.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

const COUNTED = ['cpu', 'memory'];

function amounts({ resources }: Container, which: 'requests' | 'limits'): [string, unknown][] {
  return Object.entries(resources?.[which] ?? {}).filter(
    ([name, amount]) => COUNTED.includes(name) && compareQuantities(amount, '0') > 0,
  );
}

/** A limit for both, and requests, which default to the limits, that are the same. */
function isGuaranteed(container: Container): boolean {
  const requests = new Map(amounts(container, 'requests'));
  const limits = amounts(container, 'limits');
  return (
    limits.length === COUNTED.length &&
    limits.every(([name, limit]) => compareQuantities(requests.get(name) ?? limit, limit) === 0)
  );
}
