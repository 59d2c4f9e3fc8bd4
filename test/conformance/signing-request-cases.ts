/** What is decided and told of signing requests, right and wrong. */

import { signingRequest } from './cluster-kinds.ts';
import { type Fields, made, NAME, type PlainKind, patched, replaced } from './kind-steps.ts';
import { type Case, contentTypes } from './single-changes.ts';
import type { Step } from './step.ts';

const request: PlainKind = signingRequest;
const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${NAME}`;
const read: Step = { method: 'GET', path };

const condition = (type: string, more: Fields = {}): Fields => ({ type, status: 'True', reason: 'R', ...more });
const told = (...conditions: Fields[]): Fields => ({ status: { conditions } });
const text = (pem: string): string => Buffer.from(pem).toString('base64');

const approvals: Fields[][] = [
  [told(condition('Approved')), told()],
  [told(condition('Approved')), told(condition('Approved', { reason: 'Other' }))],
  [told(condition('Approved')), told(condition('Approved'), condition('Denied'))],
  [told(condition('Approved'), condition('Approved'))],
  [told(condition('Denied', { status: 'False' }))],
  [told(condition('Failed')), told()],
  [told(condition('Odd', { status: 'Maybe' })), told(condition('Odd', { status: 'False' })), told()],
  [told({ type: 'Approved' })],
  [told(condition(''))],
  [{ status: { certificate: text('x') } }],
];
const statuses: Fields[][] = [
  [told(condition('Approved'))],
  [told(condition('Failed')), told()],
  [told(condition('Failed')), told(condition('Failed', { message: 'm' }))],
  [told(condition('Odd'), condition('Odd'))],
  [{ status: { certificate: text('x') } }],
  [{ status: { certificate: text('-----BEGIN KEY-----\neA==\n-----END KEY-----\n') } }],
];

const cases = (part: string, sequences: readonly Fields[][]): Case[] =>
  sequences.map((bodies) => ({
    name: `the ${part} of a signing request ${JSON.stringify(bodies)}`,
    steps: [made(request), ...bodies.map((body) => patched(request, body, `/${part}`)), read],
  }));

const decidedElsewhere: Case = {
  name: 'a decision that comes with a status stays as it was',
  steps: [
    made(request),
    patched(request, told(condition('Approved', { message: 'first' })), '/approval'),
    replaced(request, told(condition('Approved', { message: 'second' }), condition('Odd')), '/status'),
    replaced(request, told(condition('Odd')), '/status'),
    read,
  ],
};

const { apiVersion, kind } = request;
const bare: Fields = { apiVersion, kind, metadata: { name: NAME } };

/** Of one that somebody has applied, before which nobody owns anything. */
const owned = ['approval', 'status'].map(
  (part): Case => ({
    name: `who owns what is told of a signing request by its ${part}`,
    steps: [
      made(request),
      patched(request, { metadata: { labels: { app: 'x' } } }),
      { method: 'PATCH', path, contentType: contentTypes.apply, body: bare, query: { fieldManager: 'm' } },
      patched(request, told(condition(part === 'status' ? 'Odd' : 'Approved')), `/${part}`),
      read,
    ],
  }),
);

export const signingRequestGroups: Readonly<Record<string, Case[]>> = {
  'decisions about signing requests': cases('approval', approvals),
  'statuses of signing requests': [...cases('status', statuses), decidedElsewhere, ...owned],
};
