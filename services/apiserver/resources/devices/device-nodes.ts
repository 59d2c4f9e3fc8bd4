import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain } from '../../registry/object-names.ts';
import { invalid, required } from '../../types/field-error.ts';
import { type NodeTerm, validateNodeSelector } from '../pod-spec/affinity.ts';

/** Which nodes can reach a slice's devices, or a single one: told in exactly one of several ways. Source: resource/validation. */
export interface Nodes {
  nodeName?: string;
  nodeSelector?: NodeSelector;
  allNodes?: boolean;
}

export interface NodeSelector {
  nodeSelectorTerms?: NodeTerm[];
}

export function namedNode(name: string | undefined, field: string, emptyText: string): StatusCause[] {
  if (name === '') return [invalid(field, name, emptyText)];
  return name === undefined ? [] : causesOf(field, name, isDnsSubdomain(name));
}

export const validateNodes = (selector: NodeSelector | undefined, field: string): StatusCause[] =>
  selector ? validateNodeSelector(selector.nodeSelectorTerms ?? [], `${field}.nodeSelectorTerms`) : [];

export const onlyTrue = (value: boolean | undefined, field: string): StatusCause[] =>
  value === false ? [invalid(field, value, 'must be either unset or set to true')] : [];

/** `ways`: by name, those that say nothing with what counts as nothing. */
export function exactlyOneWay(
  ways: Readonly<Record<string, unknown>>,
  field: string,
  texts: { none: string; several: string },
): StatusCause[] {
  const taken = Object.keys(ways).filter((name) => Boolean(ways[name]));
  if (taken.length === 1) return [];
  if (taken.length === 0) return [required(field, texts.none)];
  return [invalid(field, `{${taken.map((name) => `\`${name}\``).join(', ')}}`, texts.several)];
}
