/** What a kube-apiserver tells of its types: it makes these documents a while after a definition is served, and says the former ones until then. */

import type { Step } from './step.ts';

const paths = /^\/(api(\/v\d+)?|apis(\/[^/]+){0,2}|openapi\/v[23].*)\/?$/;

/** Read again until it is the same on both servers, within a time. */
export const isDocument = ({ method, path }: Step): boolean => ['GET', 'HEAD'].includes(method) && paths.test(path);
