import { expect, test } from 'vitest';
import { newFakeClock } from '../shared/controller/fake-clock.ts';
import { newAgentMetrics } from './agent-metrics.ts';

const lines = (text: string): string[] => text.split('\n');

test('nothing has happened before something happens', () => {
  const text = newAgentMetrics(newFakeClock()).text();
  expect(lines(text)).toContain('pullet_agent_apply_duration_seconds_count 0');
  expect(lines(text)).toContain('pullet_agent_hub_heartbeat_timestamp_seconds 0');
  expect(text).not.toMatch(/undefined|NaN/);
});

test('what is counted is what happened', () => {
  const { delivery, hubHeard, text } = newAgentMetrics(newFakeClock());
  delivery.delivered('applied', 0.02);
  delivery.delivered('corrected', 0.3);
  delivery.failed('Forbidden');
  delivery.failed('Forbidden');
  delivery.failed('Unreachable');
  delivery.queue(() => 7);
  hubHeard(1_500);
  expect(lines(text())).toEqual(
    expect.arrayContaining([
      'pullet_agent_apply_duration_seconds_bucket{le="0.01"} 0',
      'pullet_agent_apply_duration_seconds_bucket{le="0.025"} 1',
      'pullet_agent_apply_duration_seconds_bucket{le="0.5"} 2',
      'pullet_agent_apply_duration_seconds_bucket{le="+Inf"} 2',
      'pullet_agent_apply_duration_seconds_sum 0.32',
      'pullet_agent_apply_duration_seconds_count 2',
      'pullet_agent_apply_failures_total{reason="Forbidden"} 2',
      'pullet_agent_apply_failures_total{reason="Unreachable"} 1',
      'pullet_agent_drift_corrected_total 1',
      'pullet_agent_work_queue_depth 7',
      'pullet_agent_hub_heartbeat_timestamp_seconds 1.5',
    ]),
  );
});

test('whatever a reason is, the page can be read, and ends somewhere', () => {
  const { delivery, text } = newAgentMetrics(newFakeClock());
  delivery.failed('no "x"\n\\');
  expect(lines(text())).toContain(String.raw`pullet_agent_apply_failures_total{reason="no \"x\"\n\\"} 1`);
  for (let id = 0; id < 1000; id += 1) delivery.failed(`request-${id}`);
  const samples = lines(text()).filter((line) => line.startsWith('pullet_agent_apply_failures_total{'));
  expect(samples).toHaveLength(51);
  expect(samples).toContain('pullet_agent_apply_failures_total{reason="Other"} 951');
});

test('every sample belongs to a family that says what it is', () => {
  const families = lines(newAgentMetrics(newFakeClock()).text()).filter((line) => line.startsWith('# TYPE '));
  expect(families).toHaveLength(5);
});

test('the hub counts as connected for the duration of a lease, where heartbeats are due', async () => {
  const clock = newFakeClock();
  const { heartbeatsDue, hubHeard, text } = newAgentMetrics(clock);
  const connected = (): string | undefined =>
    lines(text()).find((line) => line.startsWith('pullet_agent_hub_connected '));
  expect(connected()).toBeUndefined();
  const stop = heartbeatsDue(40_000);
  expect(connected()).toBe('pullet_agent_hub_connected 0');
  hubHeard(clock.now());
  await clock.advance(39_999);
  expect(connected()).toBe('pullet_agent_hub_connected 1');
  await clock.advance(1);
  expect(connected()).toBe('pullet_agent_hub_connected 0');
  stop();
  expect(connected()).toBeUndefined();
});

test.each([-3600_000, 3600_000])(
  'that the hub is connected is counted by no clock that is set, as by %d ms',
  async (byMs) => {
    const clock = newFakeClock();
    const { heartbeatsDue, hubHeard, text } = newAgentMetrics(clock);
    heartbeatsDue(40_000);
    hubHeard(clock.now());
    clock.set(byMs);
    await clock.advance(39_999);
    expect(text()).toContain('pullet_agent_hub_connected 1');
    await clock.advance(1);
    expect(text()).toContain('pullet_agent_hub_connected 0');
  },
);
