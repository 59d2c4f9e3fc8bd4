import { newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { DeleteOptions, DeletionPropagation, StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { RequestContext } from '../request.ts';
import { invalid, notSupported } from '../types/field-error.ts';
import { decodeDeleteOptions } from './decode-delete-options.ts';
import { isQueryTrue, queryInteger } from './query-values.ts';
import { dryRunCauses } from './write-options.ts';

const POLICIES: readonly string[] = ['Foreground', 'Background', 'Orphan'] satisfies DeletionPropagation[];

/** As clients send them: with the older way to ask for a policy. */
export interface GivenDeleteOptions extends Omit<DeleteOptions, 'propagationPolicy'> {
  propagationPolicy?: string;
  orphanDependents?: boolean;
}

/** The DeleteOptions of a request: its body's, else the query's, never both. Throws 400, 415, 422. */
export async function readDeleteOptions({ request }: RequestContext): Promise<DeleteOptions> {
  const body = await request.body();
  const given =
    body.length === 0 ? fromQuery(request.query) : decodeDeleteOptions(body, request.headers['content-type']);
  const causes = causesOf(given);
  if (causes.length > 0) throw newInvalid({ group: 'meta.k8s.io', resource: 'DeleteOptions' }, causes);
  const { orphanDependents, propagationPolicy, ...options } = given;
  const policy = (propagationPolicy as DeletionPropagation | undefined) ?? policyOf(orphanDependents);
  return { ...options, ...(policy === undefined ? {} : { propagationPolicy: policy }) };
}

function fromQuery(query: URLSearchParams): GivenDeleteOptions {
  const [seconds, policy, orphan] = [
    query.get('gracePeriodSeconds'),
    query.get('propagationPolicy'),
    query.get('orphanDependents'),
  ];
  return {
    ...(orphan === null ? {} : { orphanDependents: isQueryTrue(orphan) }),
    ...(seconds === null ? {} : { gracePeriodSeconds: queryInteger(seconds) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
    ...preconditionsOf(query),
  };
}

/** What a list would take as its state is here a condition, as upstream. */
function preconditionsOf(query: URLSearchParams): Pick<DeleteOptions, 'preconditions'> {
  const [uid, resourceVersion] = [query.get('uid'), query.get('resourceVersion')];
  if (!uid && !resourceVersion) return {};
  return { preconditions: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) } };
}

function causesOf({ orphanDependents, propagationPolicy: policy, dryRun = [] }: GivenDeleteOptions): StatusCause[] {
  const isTwice = orphanDependents !== undefined && policy !== undefined;
  const text = 'orphanDependents and deletionPropagation cannot be both set';
  return [
    ...(isTwice ? [invalid('propagationPolicy', policy, text)] : []),
    ...(policy === undefined || POLICIES.includes(policy)
      ? []
      : [notSupported('propagationPolicy', policy, [...POLICIES, 'nil'])]),
    ...dryRunCauses(dryRun),
  ];
}

function policyOf(orphanDependents: boolean | undefined): DeletionPropagation | undefined {
  if (orphanDependents === undefined) return undefined;
  return orphanDependents ? 'Orphan' : 'Background';
}
