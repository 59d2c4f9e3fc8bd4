import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain, isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import { invalid, required } from '../types/field-error.ts';
import { familyOfCidr, strictCidrTexts, strictIpTexts } from './ip-rules.ts';
import { mayBeNamed, mustBeNamed } from './pod-spec/field-rules.ts';

/** Ranges for addresses of services, and addresses that somebody has. Source: networking/validation. Services here get theirs without either. */

const IMMUTABLE = 'field is immutable';

interface CidrSpec {
  cidrs?: string[];
}

const cidrsOf = (object: Unstructured): string[] => ((object['spec'] ?? {}) as CidrSpec).cidrs ?? [];

export const serviceCidrStrategy: Strategy = {
  fixedInStatus: ALL_FIXED,
  validateCreate: (object) => validateCidrs(cidrsOf(object)),
  validateUpdate: (object, old) => cidrChange(cidrsOf(object), cidrsOf(old)),
};

function validateCidrs(cidrs: readonly string[]): StatusCause[] {
  const field = 'spec.cidrs';
  if (cidrs.length === 0) return [required(field, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(field, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const [first = '', second] = cidrs;
  const isSame = second !== undefined && familyOfCidr(first) === familyOfCidr(second) && familyOfCidr(first) !== 0;
  const text = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
  return [
    ...cidrs.flatMap((cidr, index) => causesOf(`${field}[${index}]`, cidr, strictCidrTexts(cidr))),
    ...(isSame ? [invalid(field, cidrs, text)] : []),
  ];
}

/** The other family may come. */
function cidrChange(next: readonly string[], old: readonly string[]): StatusCause[] {
  const isGrown = old.length === 1 && next.length === 2;
  if (next.length !== old.length && !isGrown) return [invalid('spec.cidrs', next.length > 0 ? next : null, IMMUTABLE)];
  return [
    ...old.flatMap((cidr, index) =>
      cidr === next[index] ? [] : [invalid(`spec.cidrs[${index}]`, next[index], IMMUTABLE)],
    ),
    ...(isGrown ? validateCidrs(next) : []),
  ];
}

interface Parent {
  group?: string;
  resource?: string;
  namespace?: string;
  name?: string;
}

const parentOf = (object: Unstructured): Parent | undefined =>
  ((object['spec'] ?? {}) as { parentRef?: Parent }).parentRef;

export const ipAddressStrategy: Strategy = {
  nameRule: strictIpTexts,
  validate: (object) => validateParent(parentOf(object)),
  validateUpdate: (object, old) =>
    isDeepStrictEqual(parentOf(object), parentOf(old))
      ? []
      : [invalid('spec.parentRef', parentOf(object) ?? null, IMMUTABLE)],
};

function validateParent(parent: Parent | undefined): StatusCause[] {
  const field = 'spec.parentRef';
  if (!parent) return [required(field)];
  return [
    ...mayBeNamed(`${field}.group`, parent.group, isDnsSubdomain),
    ...mustBeNamed(`${field}.resource`, parent.resource, isPathSegment),
    ...mustBeNamed(`${field}.name`, parent.name, isPathSegment),
    ...mayBeNamed(`${field}.namespace`, parent.namespace, isPathSegment),
  ];
}
