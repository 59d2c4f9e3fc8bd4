import type { AgentPodOptions, Toleration } from '../agent/register/register-options.ts';
import type { ResourceList } from '../shared/apis/core/v1.ts';
import { canonicalQuantity } from '../shared/apis/quantity.ts';
import { UsageError } from './usage-error.ts';

/** What `pullet register` is told of the agent's pod: resources as `kubectl set resources` takes them, tolerations as taints are written. */
export interface AgentPodFlags {
  agentRequests?: ResourceList;
  agentLimits?: ResourceList;
  agentNodeSelector?: Record<string, string>;
  agentTolerations?: Toleration[];
}

export function agentPodOf(flags: AgentPodFlags): { agentPod?: AgentPodOptions } {
  const { agentRequests: requests, agentLimits: limits, agentNodeSelector: nodeSelector, agentTolerations } = flags;
  const agentPod = {
    ...(requests ? { requests } : {}),
    ...(limits ? { limits } : {}),
    ...(nodeSelector ? { nodeSelector } : {}),
    ...(agentTolerations ? { tolerations: agentTolerations } : {}),
  };
  return Object.keys(agentPod).length > 0 ? { agentPod } : {};
}

const LABEL =
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?=([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/;

/** `kubernetes.io/os=linux,disk=ssd`; the value may be empty. */
export function nodeSelectorFlag(text: string): Record<string, string> {
  const labels = text.split(',').map((part) => part.trim());
  if (!labels.every((label) => LABEL.test(label))) {
    throw new UsageError(
      `invalid value "${text}" for --agent-node-selector: give labels such as kubernetes.io/os=linux`,
    );
  }
  return Object.fromEntries(labels.map((label) => label.split('=') as [string, string]));
}

/** `cpu=100m,memory=64Mi`. */
export function resourcesFlag(flag: string): (text: string) => ResourceList {
  return (text) =>
    Object.fromEntries(
      text.split(',').map((part) => {
        const [name = '', quantity = '', ...more] = part.trim().split('=');
        if (!name || more.length > 0 || canonicalQuantity(quantity) === undefined) {
          throw new UsageError(`invalid value "${text}" for ${flag}: give quantities such as cpu=100m,memory=64Mi`);
        }
        return [name, quantity];
      }),
    );
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

/** `KEY=VALUE:EFFECT`, `KEY:EFFECT`, `KEY`, or `*` for every taint; adds to those given before. */
export function collectToleration(text: string, previous: Toleration[] | undefined): Toleration[] {
  const [, key = '', value, effectText] = /^([^=:]+)(?:=([^:]*))?(?::(.+))?$/.exec(text) ?? [];
  const effect = EFFECTS.find((each) => each === effectText);
  if (!key || (effectText !== undefined && !effect)) {
    throw new UsageError(
      `invalid value "${text}" for --agent-toleration: give KEY=VALUE:EFFECT, KEY:EFFECT, KEY or *; effects are ${EFFECTS.join(', ')}`,
    );
  }
  const toleration: Toleration = {
    ...(key === '*' ? {} : { key }),
    ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(effect ? { effect } : {}),
  };
  return [...(previous ?? []), toleration];
}
