/** The agents that are compared: Pullet's bundle, and karmada-agent where PULLET_BENCH_KARMADA_AGENT says where its binary is. */

import type { Bench, BenchProcess } from './run-bench.ts';
import { type BenchServer, bundle, nodeFlags } from './servers.ts';

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

/** Pullet's agent of some build, with its defaults. */
export function ownAgent(cluster: string, bundlePath: string = bundle('agent')): AgentContestant {
  return { label: 'pullet agent', cluster, command: process.execPath, args: [...nodeFlags(), bundlePath, ...COMMON] };
}

/** Pullet first, with its defaults, one of each build that is named; then the peer with its limits lifted, and with its defaults. */
export function agentContestants(): AgentContestant[] {
  const ours = ownAgents();
  const peer = process.env['PULLET_BENCH_KARMADA_AGENT'];
  if (!peer) return ours;
  const lifted = {
    label: 'karmada-agent, limits lifted',
    cluster: 'lifted',
    command: peer,
    args: [...COMMON, ...LIFTED],
  };
  if (process.env['PULLET_BENCH_PEER'] === 'lifted') return [...ours, lifted];
  return [...ours, lifted, { label: 'karmada-agent, defaults', cluster: 'defaults', command: peer, args: COMMON }];
}

function ownAgents(): AgentContestant[] {
  const paths = (process.env['PULLET_BENCH_AGENTS'] ?? '').split(':').filter((path) => path !== '');
  if (paths.length === 0) return [ownAgent('pullet')];
  return paths.map((path, index) => ({ ...ownAgent(`pullet-${index + 1}`, path), label: path }));
}

/** Where they are compared. */
export interface Arena {
  bench: Bench;
  hub: BenchServer;
  member: BenchServer;
}

export function startContestant(
  { bench, hub, member }: Arena,
  { cluster, command, args }: AgentContestant,
): Promise<BenchProcess> {
  const where = [
    `--cluster-name=${cluster}`,
    `--karmada-kubeconfig=${hub.kubeconfig}`,
    `--kubeconfig=${member.kubeconfig}`,
    `--cluster-api-endpoint=${member.server}`,
  ];
  return bench.spawn(`agent-${cluster}`, command, [...args, ...where]);
}
