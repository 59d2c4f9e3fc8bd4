/** The agents that are compared: Pullet's bundle, and karmada-agent where PULLET_BENCH_KARMADA_AGENT says where its binary is. */

import { bundle, nodeFlags } from './servers.ts';

export interface AgentContestant {
  readonly label: string;
  /** Its name as a member. */
  readonly cluster: string;
  /** The command line, but for the kubeconfigs and the name. */
  readonly command: string;
  readonly args: readonly string[];
}

/** Both get a port for nothing and no election: there is one replica. */
const COMMON = ['--leader-elect=false', '--metrics-bind-address=0', '--health-probe-bind-address=0'];

const LIFTED = [
  '--kube-api-qps=1000',
  '--kube-api-burst=2000',
  '--cluster-api-qps=1000',
  '--cluster-api-burst=2000',
  '--rate-limiter-qps=1000',
  '--rate-limiter-bucket-size=2000',
];

/** Pullet first, with its defaults; then the peer with its limits lifted, and with its defaults. */
export function agentContestants(): AgentContestant[] {
  const ours = {
    label: 'pullet agent',
    cluster: 'pullet',
    command: process.execPath,
    args: [...nodeFlags(), bundle('agent'), ...COMMON],
  };
  const peer = process.env['PULLET_BENCH_KARMADA_AGENT'];
  if (!peer) return [ours];
  return [
    ours,
    { label: 'karmada-agent, limits lifted', cluster: 'lifted', command: peer, args: [...COMMON, ...LIFTED] },
    { label: 'karmada-agent, defaults', cluster: 'defaults', command: peer, args: COMMON },
  ];
}
