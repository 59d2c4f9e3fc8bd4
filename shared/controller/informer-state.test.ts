import { expect, test } from 'vitest';
import { newExpired, newForbidden, newInvalid, newTimeout } from '../apis/meta/status-error.ts';
import { TransportError } from '../client/transport.ts';
import { type InformerState, InitialEventsUnsupportedError, nextState, type Outcome } from './informer-state.ts';

const stream: InformerState = { phase: 'stream' };
const streamAgain: InformerState = { phase: 'stream', hasStreamed: true };
const list: InformerState = { phase: 'list' };
const watching: InformerState = { phase: 'watch', resourceVersion: '5', startedBy: 'stream' };
const watchingAfterList: InformerState = { ...watching, startedBy: 'list' };
const failed = (error: unknown, resourceVersion?: string): Outcome => ({ result: 'failed', error, resourceVersion });
const broken = new TransportError('broken');
const refused = newInvalid({ resource: 'ListOptions' }, [{ field: 'sendInitialEvents', message: 'Forbidden' }]);

test.each<[string, InformerState, Outcome, InformerState]>([
  [
    'a watch follows a list',
    list,
    { result: 'done', resourceVersion: '7' },
    { ...watchingAfterList, resourceVersion: '7' },
  ],
  [
    'a watch follows a watch that ended',
    watching,
    { result: 'done', resourceVersion: '9' },
    { ...watching, resourceVersion: '9' },
  ],
  ['a stream goes on as a watch', stream, failed(broken, '8'), { ...watching, resourceVersion: '8' }],
  ['a stream that broke before the list was complete starts again', stream, failed(broken), stream],
  ['a server that refuses to stream is asked for lists', stream, failed(refused), list],
  [
    'a server that does not know of the end is asked for lists',
    stream,
    failed(new InitialEventsUnsupportedError()),
    list,
  ],
  ['no rights now, perhaps later', stream, failed(newForbidden({ resource: 'pods' }, 'no')), stream],
  ['a list that failed is asked for again', list, failed(broken), list],
  ['a watch that broke resumes', watching, failed(broken, '6'), { ...watching, resourceVersion: '6' }],
  ['a compacted revision starts anew by streaming', watching, failed(newExpired('too old'), '6'), streamAgain],
  [
    'a compacted revision starts anew by listing where that was the way',
    watchingAfterList,
    failed(newExpired('x'), '6'),
    list,
  ],
  [
    'a restored server without our revision starts anew',
    watching,
    failed(newTimeout('Too large resource version: 9'), '9'),
    streamAgain,
  ],
  [
    'a server that streamed once and does not now is asked for one list',
    streamAgain,
    failed(new InitialEventsUnsupportedError()),
    { phase: 'list', startedBy: 'stream' },
  ],
  [
    'and streams again when that watch has to start anew',
    { phase: 'list', startedBy: 'stream' },
    { result: 'done', resourceVersion: '7' },
    { ...watching, resourceVersion: '7' },
  ],
  ['or when that list failed', { phase: 'list', startedBy: 'stream' }, failed(broken), streamAgain],
])('%s', (_, state, outcome, expected) => {
  expect(nextState(state, outcome)).toEqual(expected);
});

test.each<[string, InformerState, Outcome, InformerState]>([
  ['a watch that broke', watching, failed(broken, '6'), streamAgain],
  ['a watch that broke where there was a list', watchingAfterList, failed(broken, '6'), list],
  ['a stream that broke after its list', stream, failed(broken, '8'), streamAgain],
])('%s starts anew where it may not resume', (_, state, outcome, expected) => {
  expect(nextState(state, outcome, false)).toEqual(expected);
});

test('a watch that the server ended goes on also where it may not resume', () => {
  const ended: Outcome = { result: 'done', resourceVersion: '9' };
  expect(nextState(watching, ended, false)).toEqual({ ...watching, resourceVersion: '9' });
});
