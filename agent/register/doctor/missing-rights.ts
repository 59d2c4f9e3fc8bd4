import { selfSubjectAccessReviews } from '../../../shared/apis/authorization/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';

/** Which of some rights the user of a client does not have. */

export interface Needed {
  group: string;
  resource: string;
  verb: string;
  /** Of one object. */
  name?: string;
  /** Else in the namespace that is asked about. */
  isClusterWide?: boolean;
}

/** As `verb resource`, in the order in which they are needed. */
export async function missingRights(
  client: KubeClient,
  needed: readonly Needed[],
  namespace: string,
  signal: AbortSignal,
): Promise<string[]> {
  const missing: string[] = [];
  for (const { isClusterWide, ...wanted } of needed) {
    const attributes = isClusterWide ? wanted : { ...wanted, namespace };
    if (!(await mayDo(client, attributes, signal))) missing.push(`${wanted.verb} ${wanted.resource}`);
  }
  return missing;
}

async function mayDo(
  client: KubeClient,
  resourceAttributes: Omit<Needed, 'isClusterWide'> & { namespace?: string },
  signal: AbortSignal,
): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes },
  };
  return (await client.create(selfSubjectAccessReviews, review, { signal })).status?.allowed === true;
}
