import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../shared/controller/silent-logger.ts';
import type { AuditEvent } from '../apiserver/middleware/audit-event.ts';
import { openAuditLog } from './audit-log.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'pullet-audit-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const event = (auditID: string): AuditEvent => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID,
  stage: 'ResponseComplete',
  requestURI: '/version',
  verb: 'get',
  user: {},
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '',
  stageTimestamp: '',
});
const idsIn = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).auditID);

test('is lines of JSON that only its owner may read, and goes on in a new file when it is moved away', () => {
  const file = path.join(dir, 'audit.log');
  const auditLog = openAuditLog(file, silentLogger);
  auditLog.write(event('a'));
  auditLog.write(event('b'));
  auditLog.flush();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  renameSync(file, `${file}.1`);
  auditLog.write(event('c'));
  auditLog.flush();
  expect(idsIn(readFileSync(`${file}.1`, 'utf8'))).toEqual(['a', 'b']);
  expect(idsIn(readFileSync(file, 'utf8'))).toEqual(['c']);
});

test('writes by itself, once a turn', async () => {
  const written: string[] = [];
  const auditLog = openAuditLog('x', silentLogger, (text) => void written.push(text));
  auditLog.write(event('a'));
  auditLog.write(event('b'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(written.map(idsIn)).toEqual([[], ['a', 'b']]);
});

test('a disk that is full ends nothing: it is told once, and how many events were lost', () => {
  const said: unknown[] = [];
  const say = (fields: object): void => void said.push(fields);
  const log = { ...silentLogger, error: say, warn: say };
  const disk = { isFull: false };
  const written: string[] = [];
  const auditLog = openAuditLog('x', log, (text) => {
    written.push(disk.isFull ? text.slice(0, 20) : text);
    if (disk.isFull) throw new Error('ENOSPC');
  });
  disk.isFull = true;
  for (const id of ['a', 'b', 'c']) {
    auditLog.write(event(id));
    auditLog.flush();
  }
  disk.isFull = false;
  auditLog.write(event('d'));
  auditLog.flush();
  expect(said).toEqual([expect.objectContaining({ file: 'x' }), { lost: 3, file: 'x' }]);
  const lines = written.join('').split('\n');
  expect(lines.at(-1)).toBe('');
  expect(idsIn(lines.at(-2) ?? '')).toEqual(['d']);
});

test('a file that can not be written is refused at the start', () => {
  expect(() => openAuditLog(path.join(dir, 'no', 'audit.log'), silentLogger)).toThrow("can't be written");
});
