import type { Event } from '../../../shared/apis/core/v1.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Storage } from '../../storage/backend.ts';
import { encodeStored } from '../registry/object-codec.ts';
import { causesOf, isQualifiedName } from '../registry/object-names.ts';
import type { Registry } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { invalid, required } from '../types/field-error.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/** Events live for an hour. Old ones are looked for when new ones come, at most once a minute. */
const TTL_MS = 3_600_000;
const LOOK_EVERY_MS = 60_000;

const lastLook = new WeakMap<Storage, number>();

export const eventStrategy: Strategy = {
  allowsCreateOnUpdate: true,
  hasNoDependents: true,
  validate: validateEvent,
  prepareForCreate(_object, { registry, definition, nowMs }) {
    if (nowMs - (lastLook.get(registry.storage) ?? 0) < LOOK_EVERY_MS) return;
    lastLook.set(registry.storage, nowMs);
    pruneEvents(registry, definition, nowMs).catch((error: unknown) =>
      registry.log.warn({ err: error }, 'old events could not be removed'),
    );
  },
};

/** Old events (of core, without `eventTime`) have only to be about their own namespace; new ones say who reports what. */
function validateEvent(object: Unstructured): StatusCause[] {
  const event = object as Unstructured &
    Partial<Event> &
    Record<'reportingComponent' | 'reportingController' | 'reportingInstance' | 'action', string | undefined>;
  const { namespace = '' } = event.metadata;
  const about = event.involvedObject?.namespace ?? '';
  const isOwn = about === '' ? namespace === 'default' : about === namespace;
  const misplaced =
    isOwn || event.apiVersion !== 'v1'
      ? []
      : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
  if (!event.eventTime) return misplaced;
  const reporter = event.apiVersion === 'v1' ? 'reportingComponent' : 'reportingController';
  const { [reporter]: reporting = '', reportingInstance = '', action = '', reason = '' } = event;
  return [
    ...misplaced,
    ...(reporting === '' ? [required(reporter)] : []),
    ...causesOf(reporter, reporting, isQualifiedName(reporting)),
    ...(reportingInstance === '' ? [required('reportingInstance')] : []),
    ...(action === '' ? [required('action')] : []),
    ...(reason === '' ? [required('reason')] : []),
  ];
}

async function pruneEvents({ storage }: Registry, definition: ResourceDefinition, nowMs: number): Promise<void> {
  for (const entry of storage.list({ prefix: `/${definition.group || 'core'}/events/` }).entries) {
    const event: Event = JSON.parse(Buffer.from(entry.value).toString());
    const { lastTimestamp, eventTime, metadata } = event;
    const seenMs = Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '');
    if (nowMs - seenMs <= TTL_MS || Number.isNaN(seenMs)) continue;
    await storage.delete(entry.key, entry.modRevision, (revision) => encodeStored(definition, { ...event }, revision));
  }
}
