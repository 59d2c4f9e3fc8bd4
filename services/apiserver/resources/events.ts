import type { Event } from '../../../shared/apis/core/v1.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Storage } from '../../storage/backend.ts';
import { resourcePrefix } from '../registry/keys.ts';
import { decodeEntry, encodeStored } from '../registry/object-codec.ts';
import type { Registry } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { validateEvent, validateEventUpdate, validateNewEvent } from './validate-event.ts';

/** Events live for an hour. Old ones are looked for when new ones come, at most once a minute. */
const TTL_MS = 3_600_000;
const LOOK_EVERY_MS = 60_000;

const lastLook = new WeakMap<Storage, number>();

export const eventStrategy: Strategy = {
  allowsCreateOnUpdate: true,
  hasNoDependents: true,
  validate: validateEvent,
  validateCreate: validateNewEvent,
  validateUpdate: validateEventUpdate,
  prepareForCreate(_object, { registry, nowMs }) {
    if (nowMs - (lastLook.get(registry.storage) ?? 0) < LOOK_EVERY_MS) return;
    lastLook.set(registry.storage, nowMs);
    pruneEvents(registry, nowMs).catch((error: unknown) =>
      registry.log.warn({ err: error }, 'old events could not be removed'),
    );
  },
};

/** Events of both groups are stored as those of core. */
async function pruneEvents({ storage, catalog }: Registry, nowMs: number): Promise<void> {
  const definition = catalog.find('', 'v1', 'events');
  if (!definition) return;
  for (const entry of storage.list({ prefix: resourcePrefix(definition) }).entries) {
    const event = decodeEntry(definition, entry) as Unstructured & Event;
    const { lastTimestamp, eventTime, metadata } = event;
    const seenMs = Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '');
    if (nowMs - seenMs <= TTL_MS || Number.isNaN(seenMs)) continue;
    await storage.delete(entry.key, entry.modRevision, (revision) => encodeStored(definition, event, revision));
  }
}
