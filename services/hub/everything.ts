import type { RequestInfo } from '../apiserver/request.ts';

/** What only those may who may do everything, as system:masters and cluster-admin. */
export const EVERYTHING: RequestInfo = {
  isResource: true,
  verb: '*',
  path: '',
  group: '*',
  version: '*',
  namespace: '',
  resource: '*',
  subresource: '',
  name: '',
};
