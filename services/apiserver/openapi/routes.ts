import type { Parameter } from './parameters.ts';

/** What can be asked of the API, in the words of neither version of OpenAPI. */

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

export interface Route {
  method: Method;
  operationId: string;
  tag: string;
  action?: string;
  kind?: { group: string; version: string; kind: string };
  parameters: readonly Parameter[];
  /** Empty: it is not told. */
  consumes: readonly string[];
  produces: readonly string[];
  /** Definitions of what is sent and answered; a text where there is none. */
  body?: { definition: string; isRequired: boolean };
  answers: readonly (readonly [code: number, definition: string | undefined])[];
}

export interface RoutePath {
  path: string;
  /** Those of all its routes. */
  parameters: readonly Parameter[];
  /** With what is left of their parameters. */
  routes: readonly Route[];
}

export const answerTexts: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };
export const unauthorized = { description: 'Unauthorized' };

const methodOrder: readonly Method[] = ['get', 'put', 'post', 'delete', 'patch'];
const byName = (a: Parameter, b: Parameter): number => (a.name < b.name ? -1 : 1);

/** Says once what all routes of a path have. */
export function newRoutePath(path: string, routes: readonly Route[]): RoutePath {
  const [first, ...others] = routes;
  const shared = (first?.parameters ?? []).filter((one) => others.every(({ parameters }) => parameters.includes(one)));
  const own = routes.map((route) => ({
    ...route,
    parameters: route.parameters.filter((one) => !shared.includes(one)).sort(byName),
  }));
  own.sort((a, b) => methodOrder.indexOf(a.method) - methodOrder.indexOf(b.method));
  return { path, parameters: shared.sort(byName), routes: own };
}
