interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** A pod's status with a condition in its place, or added; its time moves only with its status. */
export function withCondition(status: unknown, condition: Condition, now: string): Record<string, unknown> {
  const { conditions = [], ...rest } = { ...(status as { conditions?: (Condition & Record<string, unknown>)[] }) };
  const old = conditions.find(({ type }) => type === condition.type);
  const lastTransitionTime = old?.status === condition.status ? old['lastTransitionTime'] : now;
  const updated = { ...condition, lastProbeTime: null, lastTransitionTime };
  const others = conditions.map((each) => (each === old ? updated : each));
  return { ...rest, conditions: old ? others : [...others, updated] };
}
