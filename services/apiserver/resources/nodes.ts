import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isLabelValue, isQualifiedName } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { statusAndMetadata } from '../registry/subresource-rules.ts';
import { duplicate, forbidden, invalid } from '../types/field-error.ts';
import { declaredFeatureCauses } from './declared-features.ts';
import { cidrTexts, cidrWarnings, familyOfCidr } from './ip-rules.ts';
import { mustBeOneOf } from './pod-spec/field-rules.ts';
import { repeated, together } from './repeated.ts';
import { amountCauses } from './resource-quotas.ts';

/** Nodes come with their status, and take nothing until they are said to be ready. Source: core/validation, ValidateNode and ValidateNodeUpdate. */

interface Taint {
  key?: string;
  value?: string;
  effect?: string;
  timeAdded?: string;
}

interface NodeSpec {
  taints?: Taint[];
  podCIDR?: string;
  podCIDRs?: string[];
  providerID?: string;
  externalID?: string;
}

interface NodeStatus {
  capacity?: Record<string, unknown>;
  allocatable?: Record<string, unknown>;
  addresses?: { type?: string; address?: string }[];
  declaredFeatures?: string[];
}

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const nodeStrategy: Strategy = {
  keepsStatusOnCreate: true,
  /** What upstream's admission does: the node's controller takes the taint away. */
  prepareForCreate(object) {
    const { taints = [] } = specOf(object);
    const isTainted = taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect);
    if (!isTainted) object['spec'] = { ...specOf(object), taints: [...taints, { ...NOT_READY }] };
    dropConfig(object);
  },
  prepareForUpdate: dropConfig,
  subresources: {
    status(object, old) {
      statusAndMetadata(object, old);
      dropConfig(object);
    },
  },
  /** Names of images are always written, and an empty list is stored as none. */
  beforeStoring(object) {
    const { images = [] } = (object['status'] ?? {}) as { images?: { names?: string[] | null }[] };
    for (const image of images) if (image.names?.length === 0) image.names = null;
  },
  validate: (object) => [
    ...validateTaints(specOf(object)),
    ...validateCidrs(specOf(object)),
    ...amounts(object),
    ...features(object),
  ],
  /** Much is looked at twice upstream. */
  validateUpdate: validateChange,
  validateSubresource: (object, old, subresource) => (subresource === 'status' ? validateChange(object, old) : []),
  warningsOf(object) {
    const { externalID, podCIDRs = [] } = specOf(object);
    return [
      ...(externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
      ...podCIDRs.flatMap((cidr, index) => cidrWarnings(`spec.podCIDRs[${index}]`, cidr)),
    ];
  },
};

/** What once configured kubelets and is kept from nobody's writes any more. */
function dropConfig(object: Unstructured): void {
  for (const [part, field] of [['spec', 'configSource'] as const, ['status', 'config'] as const]) {
    const { [field]: dropped, ...rest } = { ...(object[part] as Record<string, unknown> | undefined) };
    if (dropped !== undefined) object[part] = rest;
  }
}

function validateChange(object: Unstructured, old: Unstructured): StatusCause[] {
  const [next, before] = [specOf(object), specOf(old)];
  const provider = 'node updates may not change providerID except from "" to valid';
  const isMoved = before.providerID && before.providerID !== next.providerID;
  return [
    ...amounts(object),
    ...repeatedAddresses(object),
    ...features(object),
    ...cidrChange(next, before),
    ...(isMoved ? [forbidden('spec.providerID', provider)] : []),
    ...validateTaints(next),
    ...(next.externalID === before.externalID ? [] : [forbidden('spec.externalID', 'may not be updated')]),
  ];
}

const cidrsOf = ({ podCIDR, podCIDRs = podCIDR ? [podCIDR] : [] }: NodeSpec): string[] => podCIDRs;

function cidrChange(next: NodeSpec, old: NodeSpec): StatusCause[] {
  const [before, after] = [cidrsOf(old), cidrsOf(next)];
  const refused = forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
  if (before.length > 0 && before.length !== after.length) return [refused];
  return before.flatMap((cidr, index) => (cidr === after[index] ? [] : [refused]));
}

function specOf(object: Unstructured): NodeSpec {
  return { ...(object['spec'] as NodeSpec | undefined) };
}

function statusOf(object: Unstructured): NodeStatus {
  return { ...(object['status'] as NodeStatus | undefined) };
}

function amounts(object: Unstructured): StatusCause[] {
  const { capacity = {}, allocatable = capacity } = statusOf(object);
  return Object.entries({ capacity, allocatable }).flatMap(([list, ofList]) =>
    Object.entries(ofList).flatMap(([name, amount]) => amountCauses(name, amount, `status.${list}.${name}`)),
  );
}

const features = (object: Unstructured): StatusCause[] =>
  declaredFeatureCauses(statusOf(object).declaredFeatures ?? [], 'status.declaredFeatures');

function repeatedAddresses(object: Unstructured): StatusCause[] {
  const { addresses = [] } = statusOf(object);
  const isAgain = repeated(addresses.map(({ type = '', address = '' }) => together(type, address)));
  return addresses.flatMap(({ type = '', address = '' }, index) =>
    isAgain[index] ? [duplicate(`status.addresses[${index}]`, { Type: type, Address: address })] : [],
  );
}

function validateTaints({ taints = [] }: NodeSpec): StatusCause[] {
  const isAgain = repeated(taints.map(({ key = '', effect = '' }) => together(key, effect)));
  return taints.flatMap((taint, index) => {
    const { key = '', value = '', effect = '' } = taint;
    const at = `metadata.taints[${index}]`;
    const texts = isLabelValue(value);
    return [
      ...causesOf(`${at}.key`, key, isQualifiedName(key)),
      ...(texts.length > 0 ? [invalid(`${at}.value`, value, texts.join(';'))] : []),
      ...mustBeOneOf(`${at}.effect`, effect, EFFECTS),
      ...(isAgain[index] ? [repeatedTaint(taint, at)] : []),
    ];
  });
}

function repeatedTaint(taint: Taint, field: string): StatusCause {
  const { key: Key = '', value: Value = '', effect: Effect = '', timeAdded: TimeAdded = null } = taint;
  const cause = duplicate(field, { Key, Value, Effect, TimeAdded });
  return { ...cause, message: `${cause.message}: taints must be unique by key and effect pair` };
}

/** Upstream takes a range that it can't read for a fault of its own too. */
function uncheckedCidrs(field: string, index: number, cidr = ''): StatusCause {
  const why = `failed to check with dual stack with error:invalid CIDR[${index}]: <nil> (invalid CIDR address: ${cidr})`;
  return { reason: 'InternalError', message: `Internal error: invalid PodCIDRs. ${why}`, field };
}

function validateCidrs({ podCIDRs = [] }: NodeSpec): StatusCause[] {
  const field = 'spec.podCIDRs';
  const families = new Set(podCIDRs.map(familyOfCidr));
  const isPair = podCIDRs.length === 2 && families.size === 2 && !families.has(0);
  const isFine = podCIDRs.length < 2 || isPair;
  const odd = isFine ? -1 : podCIDRs.findIndex((cidr) => familyOfCidr(cidr) === 0);
  return [
    ...podCIDRs.flatMap((cidr, index) => causesOf(`${field}[${index}]`, cidr, cidrTexts(cidr))),
    ...(odd < 0 ? [] : [uncheckedCidrs(field, odd, podCIDRs[odd])]),
    ...(isFine ? [] : [invalid(field, podCIDRs, 'may specify no more than one CIDR for each IP family')]),
  ];
}
