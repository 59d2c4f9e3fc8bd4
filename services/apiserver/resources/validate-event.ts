import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isQualifiedName } from '../registry/object-names.ts';
import { coreEvent } from '../types/event-stored-form.ts';
import { invalid, required } from '../types/field-error.ts';

/**
 * Validation of events. Those of `v1` may be of the old kind (without `eventTime`) and have only to be about their own namespace; `events.k8s.io/v1` takes none but
 * new ones, which say who reports what and hardly change. Most fields are named as in `v1`. Source: Kubernetes, validation of core Event.
 */

interface EventFields {
  involvedObject?: { namespace?: string };
  eventTime?: string | null;
  reportingComponent?: string;
  reportingInstance?: string;
  action?: string;
  reason?: string;
  message?: string;
  type?: string;
  source?: { component?: string; host?: string };
  series?: { count?: number; lastObservedTime?: string | null };
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
}

const fieldsOf = (object: Unstructured): EventFields & Unstructured => coreEvent(structuredClone(object));
const isOld = ({ apiVersion }: Unstructured): boolean => apiVersion === 'v1';

const SHORT_LIMIT = 128;
const NOTE_LIMIT = 1024;

/** What holds for every event. */
export function validateEvent(object: Unstructured): StatusCause[] {
  const event = fieldsOf(object);
  const misplaced = placeErrors(event);
  if (!event.eventTime) return misplaced;
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  const reporter = isOld(object) ? 'reportingComponent' : 'reportingController';
  return [
    ...misplaced,
    ...(reportingComponent === '' ? [required(reporter)] : []),
    ...causesOf(reporter, reportingComponent, isQualifiedName(reportingComponent)),
    ...textErrors('reportingInstance', reportingInstance),
    ...textErrors('action', action),
    ...textErrors('reason', reason),
    ...lengthErrors('message', message, NOTE_LIMIT),
  ];
}

/** Old events of no namespace are in `default`, new ones there or in `kube-system`. */
function placeErrors({ metadata: { namespace = '' }, involvedObject, eventTime }: EventFields & Unstructured) {
  const about = involvedObject?.namespace ?? '';
  const isOwn = eventTime
    ? about !== '' || namespace === 'default' || namespace === 'kube-system'
    : about === ''
      ? namespace === 'default'
      : about === namespace;
  return isOwn ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

function textErrors(field: string, text: string): StatusCause[] {
  return [...(text === '' ? [required(field)] : []), ...lengthErrors(field, text, SHORT_LIMIT)];
}

function lengthErrors(field: string, text: string, limit: number): StatusCause[] {
  return Buffer.byteLength(text) > limit ? [invalid(field, '', `can have at most ${limit} characters`)] : [];
}

/** What holds for a new event of `events.k8s.io/v1` besides. */
export function validateNewEvent(object: Unstructured): StatusCause[] {
  if (isOld(object)) return [];
  const event = fieldsOf(object);
  const { type = '', source = {} } = event;
  const unset = (field: string, value: unknown) => (value ? [invalid(field, '', 'needs to be unset')] : []);
  return [
    ...seriesErrors(event),
    ...(event.eventTime ? [] : [required('eventTime')]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...unset('firstTimestamp', event.firstTimestamp),
    ...unset('lastTimestamp', event.lastTimestamp),
    ...unset('count', event.count),
    ...unset('source', source.component || source.host),
  ];
}

function seriesErrors({ series }: EventFields): StatusCause[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ];
}

const IMMUTABLE = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason', // told twice upstream, too
  'type',
  'eventTime',
  'action',
  'related',
  ['reportingComponent', 'reportingController'],
  'reportingInstance',
] as const;

/** Those that Go can't leave out. */
const TEXTS: readonly string[] = ['reason', 'message', 'type', 'action', 'reportingComponent', 'reportingInstance'];

/** Through `events.k8s.io/v1` only the series of an event changes. */
export function validateEventUpdate(object: Unstructured, old: Unstructured): StatusCause[] {
  if (isOld(object)) return [];
  const [event, before]: Record<string, unknown>[] = [fieldsOf(object), fieldsOf(old)];
  const changed = (name: string) => !isDeepStrictEqual(event?.[name], before?.[name]);
  return [
    ...(changed('series') ? seriesErrors(event as EventFields) : []),
    ...IMMUTABLE.flatMap((field) => {
      const [name, shown] = typeof field === 'string' ? [field, field] : field;
      return changed(name)
        ? [invalid(shown, event?.[name] ?? (TEXTS.includes(name) ? '' : null), 'field is immutable')]
        : [];
    }),
  ];
}
