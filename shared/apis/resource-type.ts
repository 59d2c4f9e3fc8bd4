import type { KubeObject } from './meta/v1.ts';

/**
 * One resource of the API as a value: where it is served and which object type it holds. A typed client method takes one of
 * these and returns `T`. The phantom field exists only for the type checker.
 */
export interface ResourceType<T extends KubeObject = KubeObject> {
  /** API group; `''` for core. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly __object?: T;
}

/** `v1`, `apps/v1`: the value of an object's `apiVersion`. */
export function apiVersionOf(type: { group: string; version: string }): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** Splits an `apiVersion` into group and version. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `configmaps`, `deployments.apps`: how messages name a resource. */
export function groupResource(type: { group: string; resource: string }): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}
