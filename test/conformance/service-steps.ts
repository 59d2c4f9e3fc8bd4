/** Requests about one Service. */

import { merged } from './single-changes.ts';

export type Fields = Record<string, unknown>;

export const path = '/api/v1/namespaces/<<namespace>>/services';
const plain: Fields = { ports: [{ name: 'web', port: 80, protocol: 'TCP' }], selector: { app: 'x' } };
export const base = (more: Fields): Fields => merged(plain, more);
export const made = (spec: Fields, name = 's') => ({
  method: 'POST',
  path,
  body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec },
});
export const read = { method: 'GET', path: `${path}/s` };

/** Below those that servers give on their own; each is asked for once, since sequences share a server. */
let lastPort = 30_000;
export const ownPort = (): number => ++lastPort;
/** The last one again. */
export const samePort = (): number => lastPort;
let lastAddress = 20;
export const ownAddress = (): string => `10.96.0.${++lastAddress}`;
export const sameAddress = (): string => `10.96.0.${lastAddress}`;
