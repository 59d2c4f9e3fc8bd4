/** Paths and parameters that no well-behaved client sends. */

import type { Case } from './single-changes.ts';
import type { Step } from './step.ts';

const get = (path: string, more: Partial<Step> = {}): Step => ({ method: 'GET', path, ...more });
const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const maps = '/api/v1/namespaces/<<namespace>>/configmaps';

/** By what they are about. */
export const pathGroups: Readonly<Record<string, Case[]>> = {
  'odd paths': [
    one('an encoded slash separates', get('/api/v1/namespaces/<<namespace>>%2Fconfigmaps')),
    one('an encoded slash in a name', get(`${maps}/a%2Fb`)),
    one('a name that leads elsewhere', get(`${maps}/..`), get(`${maps}/.`)),
    one('a namespaced object without a namespace', get('/apis/apps/v1/deployments/a')),
    one('a namespaced object without a namespace, changed', { method: 'DELETE', path: '/apis/apps/v1/deployments/a' }),
    one('a version that is no longer served', get('/apis/apps/v1beta1/deployments')),
    one('a version that is no longer served, written', {
      method: 'POST',
      path: '/apis/apps/v1beta1/deployments',
      body: {},
    }),
    one('a time in letters', get(maps, { query: { timeout: 'ü' } }), get(maps, { query: { timeout: 'a"b\\c' } })),
    one(
      'a quality of nothing',
      get('/api', { accept: 'application/json;q=0' }),
      get(maps, { accept: 'application/json;q=x' }),
    ),
    one('what is below the core version', get('/api/v1'), get('/api/v1/')),
  ],
};
