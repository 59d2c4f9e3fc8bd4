/** What is read again until it is the same on both servers, within a time: where they differ for good, they still do then. */

import type { Step } from './step.ts';

const paths = /^\/(api(\/v\d+)?|apis(\/[^/]+){0,2}|openapi\/v[23].*)\/?$/;

/** What a kube-apiserver tells of its types: it makes these documents a while after a definition is served, and says the former ones until then. */
export const isDocument = ({ method, path }: Step): boolean => ['GET', 'HEAD'].includes(method) && paths.test(path);

/** A watch that ends by itself after a second: what has come until then is a matter of how fast both servers are at the moment. */
const isTimedWatch = ({ method, query = {} }: Step): boolean => method === 'GET' && query['timeoutSeconds'] === 1;

export const isReadAgain = (step: Step): boolean => isDocument(step) || isTimedWatch(step);
