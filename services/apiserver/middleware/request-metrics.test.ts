import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { RequestContext } from '../request.ts';
import { newRequest } from '../server-fixture.ts';
import { newAudit } from './audit.ts';
import type { AuditEvent } from './audit-event.ts';
import { newRequestMetrics } from './request-metrics.ts';

const contextOf = (): RequestContext =>
  ({
    request: newRequest('GET', '/api'),
    info: {
      isResource: false,
      verb: 'get',
      path: '/api',
      group: '',
      version: '',
      resource: '',
      subresource: '',
      namespace: '',
      name: '',
    },
    user: { name: 'jane', groups: [] },
    warnings: [],
  }) as unknown as RequestContext;

const breaks = () => Promise.reject(new Error('an error that could not be told'));

test('what throws while an error is told is in flight no more', async () => {
  const registry = new Registry();
  const measured = newRequestMetrics(registry);
  await expect(measured(contextOf(), breaks)).rejects.toThrow('could not be told');
  expect(await registry.metrics()).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 0');
});

test('and is in the audit log', async () => {
  const events: AuditEvent[] = [];
  const audit = newAudit(
    (event) => void events.push(event),
    () => 0,
  );
  await expect(audit(contextOf(), breaks)).rejects.toThrow('could not be told');
  expect(events).toMatchObject([{ stage: 'Panic', responseStatus: { code: 500 } }]);
});
