import { describe, expect, test } from 'vitest';
import { applyThing, t1, t2 } from './apply-fixture.ts';
import { keepTimes } from './keep-times.ts';

describe('keepTimes', () => {
  const live = applyThing({ spec: { replicas: 1 } }, { manager: 'm', now: t1 });
  const later = {
    ...live,
    metadata: { ...live.metadata, managedFields: live.metadata.managedFields?.map((e) => ({ ...e, time: t2 })) ?? [] },
  };

  test('takes the times back when nothing else changed', () => {
    expect(keepTimes(live, later)).toEqual(live);
  });

  test.each([
    ['the object', { ...later, spec: { replicas: 2 } }],
    ['an owner', { ...later, metadata: { ...later.metadata, managedFields: [] } }],
  ])('leaves them when %s changed', (_name, written) => {
    expect(keepTimes(live, written)).toBe(written);
  });
});
