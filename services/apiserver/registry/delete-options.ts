import { newBadRequest, newInvalid } from '../../../shared/apis/meta/status-error.ts';
import type { DeleteOptions, DeletionPropagation } from '../../../shared/apis/meta/v1.ts';
import type { RequestContext } from '../request.ts';
import { invalid, notSupported } from '../types/field-error.ts';
import { parseDocument } from './body.ts';
import { bodyFormat } from './negotiation.ts';
import { isDryRun } from './write-options.ts';

const POLICIES: readonly string[] = ['Foreground', 'Background', 'Orphan'] satisfies DeletionPropagation[];

/** The DeleteOptions of a request: its body's, else the query's. Throws 400, 415, 422. */
export async function readDeleteOptions(context: RequestContext): Promise<DeleteOptions> {
  const body = await context.request.body();
  const options = body.length === 0 ? fromQuery(context.request.query) : fromBody(context, body);
  const policy: string | undefined = options.propagationPolicy;
  if (policy !== undefined && !POLICIES.includes(policy))
    throw newInvalid({ group: 'meta.k8s.io', resource: 'DeleteOptions' }, [
      notSupported('propagationPolicy', policy, [...POLICIES, 'nil']),
    ]);
  isDryRun(options.dryRun ?? [], 'DeleteOptions');
  return options;
}

function fromBody({ request }: RequestContext, body: Uint8Array): DeleteOptions {
  const document = parseDocument(body, bodyFormat(request.headers['content-type']), 'DeleteOptions');
  if (typeof document !== 'object' || document === null) throw newBadRequest('the request body is not DeleteOptions');
  const { orphanDependents, ...options }: DeleteOptions & { orphanDependents?: boolean } = document;
  checkKind(document);
  if (orphanDependents !== undefined && orphanDependents !== null && options.propagationPolicy) {
    const text = 'orphanDependents and deletionPropagation cannot be both set';
    throw newInvalid({ group: 'meta.k8s.io', resource: 'DeleteOptions' }, [
      invalid('propagationPolicy', options.propagationPolicy, text),
    ]);
  }
  return { ...policyOf(orphanDependents), ...withoutNulls(options) };
}

/** DeleteOptions are registered in every group version; other kinds are told by their own. */
function checkKind({ kind, apiVersion = 'v1' }: { kind?: string; apiVersion?: string }): void {
  if (!kind || kind === 'DeleteOptions') return;
  const [shownKind, version] = [JSON.stringify(kind), JSON.stringify(apiVersion)];
  throw newBadRequest(
    `no kind ${shownKind} is registered for version ${version} in scheme "pkg/runtime/scheme.go:111"`,
  );
}

function fromQuery(query: URLSearchParams): DeleteOptions {
  const seconds = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  return {
    ...policyOf(orphan === null ? undefined : orphan === 'true'),
    ...(seconds === null ? {} : { gracePeriodSeconds: secondsOf(seconds) }),
    ...(policy === null ? {} : { propagationPolicy: policy as DeletionPropagation }),
    ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
  };
}

function secondsOf(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** The older way to say it. */
function policyOf(orphanDependents: boolean | undefined): DeleteOptions {
  if (orphanDependents === undefined) return {};
  return { propagationPolicy: orphanDependents ? 'Orphan' : 'Background' };
}

function withoutNulls<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as T;
}
