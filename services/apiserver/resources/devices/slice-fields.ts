import { timestamp } from '../../registry/registry.ts';
import type { CounterSet } from './counter-sets.ts';
import type { Attribute } from './device-attributes.ts';
import type { Device } from './slice-devices.ts';

/** What becomes of a slice's fields before they are checked. Source: resource/v1, defaults; registry/resource/resourceslice. */

/** What is behind features that are off goes, amounts that are not told are zero, and a taint without a time is there since now. Changes the spec. */
export function prepareSlice(spec: { devices?: Device[]; sharedCounters?: CounterSet[] }, nowMs: number): void {
  for (const device of spec.devices ?? []) {
    delete device.nodeAllocatableResourceMappings;
    for (const attribute of Object.values(device.attributes ?? {})) dropLists(attribute);
    for (const taint of device.taints ?? []) taint.timeAdded ??= timestamp(nowMs);
    fillAmounts(device.capacity);
    for (const { counters } of device.consumesCounters ?? []) fillAmounts(counters);
  }
  for (const { counters } of spec.sharedCounters ?? []) fillAmounts(counters);
}

const LISTS = ['bools', 'ints', 'strings', 'versions'] as const;

function dropLists(attribute: Attribute): void {
  for (const name of LISTS) delete attribute[name];
}

function fillAmounts(amounts: Readonly<Record<string, { value?: unknown }>> = {}): void {
  for (const amount of Object.values(amounts)) amount.value ??= '0';
}
