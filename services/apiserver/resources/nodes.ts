import { isIP } from 'node:net';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { compareQuantities } from '../../../shared/apis/quantity.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid, notSupported } from '../types/field-error.ts';

/** Nodes come with their status, and take nothing until they are said to be ready. */

interface Taint {
  key?: string;
  value?: string;
  effect?: string;
}

interface NodeSpec {
  taints?: Taint[];
  podCIDR?: string;
  podCIDRs?: string[];
  providerID?: string;
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
  },
  validate(object) {
    const { taints = [] } = specOf(object);
    return [
      ...taints.flatMap(validateTaint),
      ...cidrsOf(specOf(object)).flatMap(validateCidr),
      ...negativeAmounts(object),
    ];
  },
  /** Taints are looked at twice upstream. */
  validateUpdate: (object, old) => [
    ...negativeAmounts(object),
    ...cidrChange(specOf(object), specOf(old)),
    ...(specOf(old).providerID && specOf(old).providerID !== specOf(object).providerID
      ? [forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')]
      : []),
    ...(specOf(object).taints ?? []).flatMap(validateTaint),
  ],
  validateSubresource: negativeAmounts,
};

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

function negativeAmounts(object: Unstructured): StatusCause[] {
  const { capacity = {}, allocatable = capacity } = { ...(object['status'] as Record<string, object> | undefined) };
  const text = 'must be greater than or equal to 0';
  return Object.entries({ capacity, allocatable }).flatMap(([list, amounts]) =>
    Object.entries(amounts).flatMap(([name, amount]) =>
      compareQuantities(amount, '0') < 0 ? [invalid(`status.${list}.${name}`, String(amount), text)] : [],
    ),
  );
}

function validateTaint({ effect = '' }: Taint, index: number): StatusCause[] {
  return EFFECTS.includes(effect) ? [] : [notSupported(`metadata.taints[${index}].effect`, effect, EFFECTS)];
}

function validateCidr(cidr: string, index: number): StatusCause[] {
  const [address = '', bits = ''] = cidr.split('/');
  const version = isIP(address);
  const isCidr = version > 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  const text = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
  return isCidr ? [] : [invalid(`spec.podCIDRs[${index}]`, cidr, text)];
}
