import { VERSION } from '../../../shared/apis/version.ts';
import type { ControlDeps } from '../control-deps.ts';
import { Problem } from '../problem.ts';
import { NOTHING, type PublicRoute } from '../route.ts';
import { HealthSchema } from '../schemas/health.ts';

/** Whether the hub works, for load balancers and monitors: nothing but yes or no. */
export function healthRoute({ checkHealth, log }: Pick<ControlDeps, 'checkHealth' | 'log'>): PublicRoute {
  return {
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    summary: 'Say whether the hub works',
    tag: 'service',
    params: NOTHING,
    query: NOTHING,
    answer: { status: 200, description: 'it does', schema: HealthSchema },
    runForAnyone: async () => {
      try {
        await checkHealth();
      } catch (err) {
        log.warn({ err }, 'the health of the hub was asked for and is bad');
        throw new Problem('unavailable', 'the hub is not ready');
      }
      return { status: 200, body: { status: 'ok', version: VERSION } };
    },
  };
}
