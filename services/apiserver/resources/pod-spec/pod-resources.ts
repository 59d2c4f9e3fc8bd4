import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { canonicalQuantity, compareQuantities } from '../../../../shared/apis/quantity.ts';
import { containerTotals } from '../../types/container-totals.ts';
import { forbidden, invalid, notSupported } from '../../types/field-error.ts';
import type { PodSpec } from '../validate-pod-spec.ts';
import { type Resources, resourceNameCauses, validateResources } from './container-resources.ts';

/** What a pod as a whole asks for and may use at most. Source: core/validation, validatePodResources. */

const SUPPORTED = ['cpu', 'hugepages-', 'memory'];

export function validatePodResources(spec: PodSpec, claims: ReadonlySet<string>, at: string): StatusCause[] {
  const { resources } = spec;
  const field = `${at}.resources`;
  if (!resources) return [];
  if (spec.os?.name === 'windows') return [forbidden(field, 'may not be set for a windows pod')];
  const noClaims = forbidden(`${field}.claims`, 'claims may not be set for Resources at pod-level');
  return [
    ...(resources.claims ? [noClaims] : []),
    ...validateResources(resources, claims, field, validateName),
    ...validateTotals(spec, resources, field),
  ];
}

function validateName(name: string, field: string): StatusCause[] {
  const malformed = resourceNameCauses(name, field);
  if (malformed.length > 0) return malformed;
  return /^(cpu|memory|hugepages-.*)$/.test(name) ? [] : [notSupported(field, name, SUPPORTED)];
}

const shown = (quantity: unknown): string => canonicalQuantity(String(quantity)) ?? String(quantity);

/** Together its containers can't have more than it has. */
function validateTotals(spec: PodSpec, { requests = {}, limits = {} }: Resources, field: string): StatusCause[] {
  return [
    ...exceeded(containerTotals(spec, 'requests'), requests, `${field}.requests`, 'requests'),
    ...exceeded(hugePages(containerTotals(spec, 'limits')), limits, `${field}.limits`, 'limits'),
    ...(spec.containers ?? []).flatMap(({ resources }, index) =>
      Object.entries(resources?.limits ?? {}).flatMap(([name, limit]) => {
        const most = Object.hasOwn(limits, name) ? limits[name] : undefined;
        if (most === undefined || compareQuantities(limit, most) <= 0) return [];
        const why = `must be less than or equal to pod limits of ${shown(most)}`;
        return [invalid(`${field}.containers[${index}][${name}].limits`, shown(limit), why)];
      }),
    ),
  ];
}

const hugePages = (totals: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(totals).filter(([name]) => name.startsWith('hugepages-')));

function exceeded(totals: Record<string, string>, own: Record<string, unknown>, field: string, what: string) {
  return Object.entries(totals).flatMap(([name, total]) => {
    if (!Object.hasOwn(own, name) || compareQuantities(total, own[name]) <= 0) return [];
    const why = `must be greater than or equal to aggregate container ${what} of ${total}`;
    return [invalid(`${field}[${name}]`, shown(own[name]), why)];
  });
}
