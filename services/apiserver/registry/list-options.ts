import { newInvalid, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { forbidden, notSupported } from '../types/field-error.ts';
import { isQueryTrue } from './query-values.ts';

/** Which of a list's or watch's options go together. Source: apimachinery, SetListOptionsDefaults and ValidateListOptions. */

const FIELD = 'resourceVersionMatch';

/** Throws 422. */
export function checkListOptions(query: URLSearchParams): void {
  const match = query.get(FIELD) ?? '';
  const revision = query.get('resourceVersion') ?? '';
  refuse([
    ...because(match !== '' && revision === '', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    ...because(match !== '' && hasContinue(query), 'resourceVersionMatch is forbidden when continue is provided'),
    ...(['', 'Exact', 'NotOlderThan'].includes(match)
      ? []
      : [notSupported(FIELD, match, ['Exact', 'NotOlderThan', ''])]),
    ...because(
      match === 'Exact' && revision === '0',
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ),
    ...(query.has('sendInitialEvents')
      ? [forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')]
      : []),
  ]);
}

/** Of the deprecated paths below `/watch/`, which don't say `watch`, as upstream: those of a list. Throws 422. */
export function checkWatchOptions(query: URLSearchParams): void {
  if (isQueryTrue(query.get('watch'))) checkAskedWatch(query);
  else checkListOptions(query);
}

function checkAskedWatch(query: URLSearchParams): void {
  const isAsked = query.has('sendInitialEvents') || isPlainBeginning(query);
  const match = isPlainBeginning(query) ? 'NotOlderThan' : (query.get(FIELD) ?? '');
  refuse([
    ...because(
      isAsked && match !== 'NotOlderThan',
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ),
    ...because(
      !isAsked && match !== '',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ),
    ...(['', 'NotOlderThan'].includes(match) ? [] : [notSupported(FIELD, match, ['NotOlderThan'])]),
    ...because(match !== '' && hasContinue(query), 'resourceVersionMatch is forbidden when continue is provided'),
  ]);
}

/** A watch from any state counts as one that asked for what is there. */
export function isPlainBeginning(query: URLSearchParams): boolean {
  const isAny = ['', '0'].includes(query.get('resourceVersion') ?? '');
  return isAny && isQueryTrue(query.get('watch')) && !query.has('sendInitialEvents') && !query.get(FIELD);
}

const hasContinue = (query: URLSearchParams): boolean => Boolean(query.get('continue'));

const because = (isWrong: boolean, text: string): StatusCause[] => (isWrong ? [forbidden(FIELD, text)] : []);

function refuse(causes: StatusCause[]): void {
  if (causes.length > 0) throw newInvalidOptions(causes);
}

const newInvalidOptions = (causes: StatusCause[]): StatusError =>
  newInvalid({ group: 'meta.k8s.io', resource: 'ListOptions' }, causes);
