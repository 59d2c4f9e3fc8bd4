/**
 * Times as Kubernetes writes them, in UTC, that are certainly right: such need not be parsed, and nearly all are. Days after the 28th, which not every month has,
 * have to be looked at closer.
 */
const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{6})?Z$/;
const TIME_LENGTH = '2006-01-02T15:04:05Z'.length;
const MICRO_TIME_LENGTH = '2006-01-02T15:04:05.000000Z'.length;

/** Of whole seconds. */
export const isPlainTime = (text: string): boolean => text.length === TIME_LENGTH && PLAIN.test(text);

/** With six decimals. */
export const isPlainMicroTime = (text: string): boolean => text.length === MICRO_TIME_LENGTH && PLAIN.test(text);

const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59Z');

/** A time in milliseconds in whole seconds, UTC. What RFC 3339 has no year for is the nearest time that it has one for. */
export const secondsText = (atMs: number): string =>
  `${new Date(Math.min(Math.max(atMs, EARLIEST), LATEST)).toISOString().slice(0, 19)}Z`;
