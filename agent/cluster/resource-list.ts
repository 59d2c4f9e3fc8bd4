import type { Container, PodSpec, ResourceList } from '../../shared/apis/core/v1.ts';
import {
  addQuantities,
  formatQuantity,
  maxQuantity,
  parseQuantity,
  type Quantity,
  ZERO,
} from '../../shared/apis/quantity.ts';

/** Sums of resource lists (cpu, memory, …), and what a pod asks for. */

export type Amounts = Map<string, Quantity>;

/** Adds `list` to `total` in place; what is no quantity counts as nothing. */
export function addResources(total: Amounts, list: ResourceList | undefined): Amounts {
  for (const [name, text] of Object.entries(list ?? {})) {
    const amount = parseQuantity(text);
    if (amount) total.set(name, addQuantities(total.get(name) ?? ZERO, amount));
  }
  return total;
}

/** Names in alphabetical order, so that equal sums are equal objects. */
export function toResourceList(amounts: Amounts): ResourceList {
  const names = [...amounts.keys()].sort();
  return Object.fromEntries(names.map((name) => [name, formatQuantity(amounts.get(name) ?? ZERO)]));
}

/**
 * What the scheduler reserves for a pod: its containers and restartable init containers together, or the largest moment of its
 * initialisation if that is more, and the overhead. Source: Kubernetes, "Sidecar containers: resource sharing within containers".
 */
export function podRequests(spec: PodSpec): ResourceList {
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const moment = isSidecar(container) ? addRequests(sidecars, container) : addRequests(new Map(sidecars), container);
    for (const [name, amount] of moment) peak.set(name, maxQuantity(peak.get(name) ?? ZERO, amount));
  }
  const running = spec.containers.reduce(addRequests, new Map(sidecars));
  for (const [name, amount] of peak) running.set(name, maxQuantity(running.get(name) ?? ZERO, amount));
  return toResourceList(addResources(running, spec.overhead));
}

function addRequests(total: Amounts, container: Container): Amounts {
  return addResources(total, container.resources?.requests);
}

function isSidecar(container: Container): boolean {
  return container['restartPolicy'] === 'Always';
}
