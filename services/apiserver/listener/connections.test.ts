import { EventEmitter } from 'node:events';
import type { Http2SecureServer } from 'node:http2';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newConnections } from './connections.ts';

const IDLE_MS = 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function newSession() {
  const server = new EventEmitter();
  const session = Object.assign(new EventEmitter(), { close: vi.fn(), destroy: vi.fn() });
  newConnections(server as unknown as Http2SecureServer, IDLE_MS);
  server.emit('session', session);
  return session;
}

test('a connection that never has a stream is closed as idle', () => {
  const session = newSession();
  vi.advanceTimersByTime(IDLE_MS - 1);
  expect(session.close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(session.close).toHaveBeenCalledOnce();
});

test('a connection is idle when its last stream has ended for long enough, however quiet the stream was', () => {
  const session = newSession();
  const stream = new EventEmitter();
  vi.advanceTimersByTime(IDLE_MS - 100);
  session.emit('stream', stream);
  vi.advanceTimersByTime(5 * IDLE_MS);
  expect(session.close).not.toHaveBeenCalled();
  stream.emit('close');
  vi.advanceTimersByTime(IDLE_MS - 1);
  expect(session.close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(session.close).toHaveBeenCalledOnce();
});

test('an answer that nobody takes is given up in the end, and a connection that takes not even that; a watch is not', () => {
  const session = newSession();
  const newStream = (writableEnded: boolean) => Object.assign(new EventEmitter(), { writableEnded, close: vi.fn() });
  const [unread, watch] = [newStream(true), newStream(false)];
  for (const stream of [unread, watch]) session.emit('stream', stream);
  vi.advanceTimersByTime(IDLE_MS);
  expect(unread.close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(IDLE_MS);
  expect(unread.close).toHaveBeenCalledOnce();
  expect(session.destroy).not.toHaveBeenCalled();
  vi.advanceTimersByTime(IDLE_MS);
  expect(session.destroy).toHaveBeenCalledOnce();
  expect(watch.close).not.toHaveBeenCalled();
});

function newHttp1Connection() {
  const server = new EventEmitter();
  const response = (writableEnded: boolean) => ({ writableEnded });
  const socket = Object.assign(new EventEmitter(), {
    alpnProtocol: 'http/1.1',
    destroy: vi.fn(),
    _httpMessage: response(false),
  });
  newConnections(server as unknown as Http2SecureServer, IDLE_MS);
  server.emit('secureConnection', socket);
  return { socket, response };
}

test('over HTTP/1.1 too an answer that nobody takes is given up in the end, and none that is not whole yet', () => {
  const { socket, response } = newHttp1Connection();
  vi.advanceTimersByTime(5 * IDLE_MS);
  expect(socket.destroy).not.toHaveBeenCalled();
  for (let answer = 0; answer < 5; answer++) {
    socket._httpMessage = response(true);
    vi.advanceTimersByTime(IDLE_MS);
  }
  expect(socket.destroy).not.toHaveBeenCalled();
  vi.advanceTimersByTime(IDLE_MS);
  expect(socket.destroy).toHaveBeenCalledOnce();
  socket.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});

test('nothing waits for a connection that is gone', () => {
  const session = newSession();
  session.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
