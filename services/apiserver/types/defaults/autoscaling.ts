import type { JsonObject } from '../json-value.ts';
import {
  objectAt,
  objectsAt,
  optionalObject,
  setAbsent,
  setDefault,
  setDefaults,
  type TypeDefault,
} from './set-default.ts';

/** Defaults of autoscaling/v2, as upstream's SetDefaults functions. */

const cpuMetric = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

const scaleUpPolicies = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const scaleDownPolicies = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

function defaultRules(rules: JsonObject, values: JsonObject): void {
  setAbsent(rules, 'selectPolicy', 'Max');
  setDefaults(rules, values);
}

/** Without `behavior` nothing is filled in; with it, both directions are. */
function defaultBehavior(spec: JsonObject): void {
  const behavior = optionalObject(spec, 'behavior');
  if (!behavior) return;
  defaultRules(objectAt(behavior, 'scaleUp'), { stabilizationWindowSeconds: 0, policies: scaleUpPolicies });
  defaultRules(objectAt(behavior, 'scaleDown'), { policies: scaleDownPolicies });
}

function defaultAutoscaler(autoscaler: JsonObject): void {
  const spec = objectAt(autoscaler, 'spec');
  setDefault(spec, 'minReplicas', 1);
  if (objectsAt(spec, 'metrics').length === 0) spec['metrics'] = [structuredClone(cpuMetric)];
  defaultBehavior(spec);
}

export const autoscalingDefaults: Record<string, TypeDefault> = {
  'api.autoscaling.v2.HorizontalPodAutoscaler': defaultAutoscaler,
  'api.autoscaling.v1.HorizontalPodAutoscaler': (autoscaler) =>
    setDefaults(objectAt(autoscaler, 'spec'), { minReplicas: 1 }),
};
