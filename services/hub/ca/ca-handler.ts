import { newBadRequest, newForbidden } from '../../../shared/apis/meta/status-error.ts';
import type { Authorizer } from '../../apiserver/authz/authorizer.ts';
import { newMethodNotAllowed } from '../../apiserver/registry/target.ts';
import type { Handler, ServerRequest } from '../../apiserver/request.ts';
import { EVERYTHING } from '../everything.ts';
import { CA_STEPS, type CaStep, type CaStepDeps, readCaStatus, takeCaStep } from './ca-steps.ts';

/**
 * `/pullet/ca`: GET says where the hub's authority stands, POST `{"step": "rotate", "force": false}` takes a step. Who signs everybody's certificates can be anybody,
 * so besides a rule for the path it takes the right to do everything.
 */
export const CA_PATH = '/pullet/ca';

export function newCaHandler(deps: CaStepDeps & { authorize: Authorizer }): Handler {
  return async ({ request, user }) => {
    if (request.method !== 'GET' && request.method !== 'POST') throw newMethodNotAllowed();
    if (!deps.authorize(user, EVERYTHING).allowed) {
      const why = `who changes the hub's authority can become anybody: User "${user.name}" must be allowed every verb on every resource`;
      throw newForbidden({ resource: 'ca' }, why);
    }
    const { step, isForced } = request.method === 'POST' ? await readStep(request) : {};
    const status = step ? await takeCaStep(deps, step, isForced === true) : await readCaStatus(deps);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(status) };
  };
}

async function readStep(request: ServerRequest): Promise<{ step: CaStep; isForced: boolean }> {
  const text = Buffer.from(await request.body()).toString('utf8');
  const { step, force } = parse(text);
  const known = CA_STEPS.find((each) => each === step);
  if (!known) throw newBadRequest(`"step" must be one of ${CA_STEPS.join(', ')}`);
  return { step: known, isForced: force === true };
}

function parse(text: string): { step?: unknown; force?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    throw newBadRequest('the body is not JSON');
  }
}
