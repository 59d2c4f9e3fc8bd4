import type { Node } from '../../../../shared/apis/core/v1.ts';

/** Pods spread over nodes by name: the same pod always gets the same node. Undefined where there is none. */
export function nodeFor(podName: string, nodes: readonly Node[]): string | undefined {
  const names = nodes.map((node) => node.metadata.name ?? '').sort();
  const sum = [...podName].reduce((total, character) => total + character.charCodeAt(0), 0);
  return names[sum % Math.max(1, names.length)];
}
