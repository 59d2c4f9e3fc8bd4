import { AGENT_NAMESPACE } from '../shared/apis/cluster/v1alpha1.ts';
import type { Flag, FlagType } from '../shared/process/flags.ts';

/** The agent's flags as one table. Names and defaults are karmada-agent's (the wire contract, section 4.1), so that its command line works as it is. */

/** For compatibility with karmada-agent; changes nothing here. */
function accepted(name: string, type: FlagType = 'string'): Flag {
  return { name, type, help: 'accepted for compatibility', hidden: true };
}

const ROWS: Flag[] = [
  { name: 'cluster-name', type: 'string', value: 'NAME', help: 'Name of this member on the hub. Required.' },
  {
    name: 'karmada-kubeconfig',
    alias: 'hub-kubeconfig',
    type: 'string',
    value: 'FILE',
    help: 'Kubeconfig file for the hub. Required.',
  },
  {
    name: 'karmada-context',
    alias: 'hub-context',
    type: 'string',
    value: 'NAME',
    help: "Context of the hub's kubeconfig; its current one by default.",
  },
  {
    name: 'kubeconfig',
    type: 'string',
    value: 'FILE',
    help: 'Kubeconfig file for the member; inside of a pod not needed.',
  },
  {
    name: 'context',
    type: 'string',
    value: 'NAME',
    help: "Context of the member's kubeconfig; its current one by default.",
  },
  {
    name: 'cluster-namespace',
    type: 'string',
    value: 'NAMESPACE',
    default: 'karmada-cluster',
    help: 'Namespace of the heartbeat lease on the hub.',
  },
  { name: 'cluster-api-endpoint', type: 'string', value: 'URL', help: "Address of the member's API, told to the hub." },
  {
    name: 'proxy-server-address',
    type: 'string',
    value: 'URL',
    help: 'Proxy through which the hub reaches the member, told to the hub.',
  },
  { name: 'cluster-provider', type: 'string', help: 'Provider of the member, told to the hub.' },
  { name: 'cluster-region', type: 'string', help: 'Region of the member, told to the hub.' },
  { name: 'cluster-zones', type: 'list', help: 'Zones of the member, comma-separated, told to the hub.' },
  {
    name: 'cluster-status-update-frequency',
    type: 'duration',
    default: '10s',
    help: "How often the member's status is looked at.",
  },
  { name: 'cluster-lease-duration', type: 'duration', default: '40s', help: 'How long a heartbeat is good for.' },
  {
    name: 'cluster-lease-renew-interval-fraction',
    type: 'string',
    value: 'FRACTION',
    default: '0.25',
    help: "Part of the lease's duration after which it is renewed; between 0 and 1.",
  },
  {
    name: 'cluster-success-threshold',
    type: 'duration',
    default: '30s',
    help: 'How long the member must be healthy again before it is told to be Ready.',
  },
  {
    name: 'cluster-failure-threshold',
    type: 'duration',
    default: '30s',
    help: 'How long the member must be unhealthy before it is told not to be Ready.',
  },
  {
    name: 'controllers',
    type: 'list',
    default: '*',
    help: "Which parts run: '*' all, 'foo' only, '-foo' not: clusterStatus, execution, certRotation.",
  },
  { name: 'concurrent-work-syncs', type: 'integer', default: '64', help: 'Works delivered at the same time.' },
  {
    name: 'leader-elect',
    type: 'boolean',
    default: 'true',
    help: 'Elect a leader among replicas by a Lease in the member.',
  },
  {
    name: 'leader-elect-resource-namespace',
    type: 'string',
    value: 'NAMESPACE',
    default: AGENT_NAMESPACE,
    help: "Namespace in the member of the leader's Lease and of the agent's state.",
  },
  {
    name: 'state-dir',
    type: 'string',
    value: 'DIR',
    help: 'Directory for what the agent keeps: what it has delivered, and the last known Works. By default Secrets in the member. Replicas must share it.',
  },
  {
    name: 'leader-elect-lease-duration',
    type: 'duration',
    default: '12s',
    help: 'How long followers wait for a leader that is silent: with the pause between two tries on top nobody leads for less than 15 s.',
  },
  {
    name: 'leader-elect-renew-deadline',
    type: 'duration',
    default: '10s',
    help: 'How long a leader tries to renew before it steps down.',
  },
  {
    name: 'leader-elect-retry-period',
    type: 'duration',
    default: '2s',
    help: 'Pause between two tries to become or stay leader.',
  },
  {
    name: 'cert-rotation-checking-interval',
    type: 'duration',
    default: '5m',
    help: "How often the agent's own certificate is looked at.",
  },
  {
    name: 'cert-rotation-remaining-time-threshold',
    type: 'string',
    value: 'FRACTION',
    default: '0.3',
    help: 'Part of its life that the certificate must have left; with less, or a little earlier, it is renewed.',
  },
  {
    name: 'karmada-kubeconfig-namespace',
    type: 'string',
    value: 'NAMESPACE',
    help: "In a pod: namespace of the Secret with the hub's kubeconfig; by default that of the leader's Lease.",
  },
  {
    name: 'metrics-bind-address',
    type: 'string',
    value: 'HOST:PORT',
    help: "HOST:PORT to serve /metrics on; '0' for not at all. By default ':8080' in a pod and '0' elsewhere.",
  },
  {
    name: 'health-probe-bind-address',
    type: 'string',
    value: 'HOST:PORT',
    help: "HOST:PORT to serve /healthz and /readyz on; '0' for not at all. By default ':10357' in a pod and '0' elsewhere.",
  },
  { name: 'log-format', type: 'string', value: 'FORMAT', default: 'text', help: "'text' or 'json'." },
  {
    name: 'v',
    short: 'v',
    type: 'integer',
    default: '2',
    help: 'Verbosity: 0 warnings, 2 information, 4 and more debugging.',
  },
  accepted('report-secrets', 'list'),
  accepted('cluster-api-qps'),
  accepted('cluster-api-burst', 'integer'),
  accepted('kube-api-qps'),
  accepted('kube-api-burst', 'integer'),
  accepted('cluster-cache-sync-timeout', 'duration'),
  accepted('resync-period', 'duration'),
  accepted('concurrent-cluster-syncs', 'integer'),
  accepted('enable-cluster-resource-modeling', 'boolean'),
  accepted('rate-limiter-base-delay', 'duration'),
  accepted('rate-limiter-max-delay', 'duration'),
  accepted('rate-limiter-qps'),
  accepted('rate-limiter-bucket-size', 'integer'),
  accepted('enable-pprof', 'boolean'),
  accepted('profiling-bind-address'),
  accepted('feature-gates'),
  accepted('bind-address'),
  accepted('secure-port', 'integer'),
  accepted('logtostderr', 'boolean'),
  accepted('add_dir_header', 'boolean'),
  accepted('alsologtostderr', 'boolean'),
  accepted('vmodule'),
];

const HELP: Flag = { name: 'help', short: 'h', type: 'boolean', default: 'false', help: 'Print this.' };

/** Every flag but that for help can also be given by the environment: `PULLET_AGENT_CLUSTER_NAME` for `--cluster-name`. */
export const OPTION_TABLE: readonly Flag[] = [
  ...ROWS.map((row) =>
    row.hidden ? row : { ...row, env: `PULLET_AGENT_${row.name.toUpperCase().replaceAll('-', '_')}` },
  ),
  HELP,
];
