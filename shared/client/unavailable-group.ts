import type { Condition, KubeObject } from '../apis/meta/v1.ts';
import { parseApiVersion, type ResourceType } from '../apis/resource-type.ts';
import type { KubeClient, RequestOptions } from './client.ts';

type ApiService = KubeObject & { status?: { conditions?: Condition[] } };

const apiServices: ResourceType<ApiService> = {
  ...{ group: 'apiregistration.k8s.io', version: 'v1', resource: 'apiservices' },
  kind: 'APIService',
  namespaced: false,
};

/** Why a group version that a server announces can't be listed there now, in the server's words. Rejects only when its signal aborts. */
export async function reasonOfUnavailable(
  client: KubeClient,
  apiVersion: string,
  options: RequestOptions,
): Promise<string> {
  const { group, version } = parseApiVersion(apiVersion);
  try {
    return (await registered(client, `${version}.${group}`, options)) ?? (await refusal(client, apiVersion, options));
  } catch (error) {
    options.signal?.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the server has found out about who serves it; undefined if it does not say, or not to everybody. */
async function registered(client: KubeClient, name: string, options: RequestOptions): Promise<string | undefined> {
  const found = await client.get(apiServices, { name }, options).catch(() => undefined);
  const available = found?.status?.conditions?.find(({ type }) => type === 'Available');
  return available?.status === 'False' ? available.message || available.reason : undefined;
}

/** Throws what it answers. */
async function refusal(client: KubeClient, apiVersion: string, options: RequestOptions): Promise<string> {
  await client.raw({ method: 'GET', path: `/apis/${apiVersion}`, ...options });
  return 'it answers again, and is not listed yet';
}
