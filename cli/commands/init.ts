import { Command } from 'commander';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, booleanFlag, choiceFlag, collectEach, durationOption, hubFlags, integerFlag } from '../flags.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet init`: makes a Kubernetes cluster a hub, or takes that back. */

export interface InitCommandOptions {
  hub: HubFlags;
  /** `https://host:port` */
  advertised?: string;
  overwritesClusterInfo: boolean;
  /** Absent: the hub runs elsewhere. */
  deployment?: { image: string; replicas: number; flags: string[]; servesControl: boolean };
  /** For the Deployment to be rolled out. */
  timeoutMs: number;
  isDryRun: boolean;
  output?: 'yaml';
  uninstalls: boolean;
}

interface InitFlags {
  kubeconfig?: string;
  karmadaContext?: string;
  context?: string;
  image?: string;
  replicas: number;
  hubFlag: string[];
  controlApi: boolean;
  deploy: boolean;
  advertiseAddress?: string;
  overwriteClusterInfo: boolean;
  timeout: number;
  dryRun: boolean;
  output?: 'yaml';
  uninstall: boolean;
}

export function newInitCommand(factory: Factory): Command {
  const command = addHubFlags(
    new Command('init')
      .description('Make a Kubernetes cluster (1.30 or newer) a hub')
      .option('--image <image>', 'image of the hub; required but with --no-deploy, as none is published yet')
      .option('--replicas <count>', 'replicas of the hub; one leads', integerFlag('--replicas'), 2)
      .option(
        '--hub-flag <flag>',
        'one more flag for it, such as --approval=manual; may be given several times',
        collectEach,
        [],
      )
      .option('--control-api', 'have it serve the control-plane API too, at a Service with a certificate', false)
      .option('--no-deploy', 'run no hub in the cluster: `pullet hub --kubeconfig FILE` runs it elsewhere')
      .option('--advertise-address <address>', "HOST[:PORT] that members reach the cluster's API server at")
      .option('--overwrite-cluster-info', "write over the cluster-info that is there, kubeadm's for instance", false)
      .addOption(durationOption('--timeout <duration>', 'how long the rollout may take', '5m'))
      .option('--dry-run [bool]', 'say what would be done, and do nothing', booleanFlag('--dry-run'), false)
      .option('-o, --output <format>', 'yaml: print the manifests, and do nothing', choiceFlag('--output', ['yaml']))
      .option('--uninstall', 'take back what was made; refuses while clusters are joined', false),
  ).addHelpText(
    'after',
    `
Examples:
  pullet init --kubeconfig hub.kubeconfig --image registry.example.com/pullet-hub:0.1.0

  # Where the kubeconfig names an address that members can't reach
  pullet init --kubeconfig hub.kubeconfig --image … --advertise-address hub.example.com:6443

  # The hub runs elsewhere, under systemd for instance
  pullet init --kubeconfig hub.kubeconfig --no-deploy && pullet hub --kubeconfig hub.kubeconfig

  pullet init --kubeconfig hub.kubeconfig --uninstall`,
  );
  return command.action(async (flags: InitFlags) => runInit(optionsOf(flags), factory));
}

function optionsOf(flags: InitFlags): InitCommandOptions {
  const { image, replicas, deploy, advertiseAddress, output } = flags;
  if (!flags.uninstall && deploy && !image) {
    throw new UsageError(
      '--image is required: build one with `docker build -f Dockerfile.control`. To run the hub elsewhere: --no-deploy',
    );
  }
  const wrong = flags.hubFlag.find((flag) => !/^--[a-z][-a-z]*(=.*)?$/.test(flag));
  if (wrong !== undefined) throw new UsageError(`invalid value "${wrong}" for --hub-flag: give --NAME=VALUE`);
  if (flags.hubFlag.some((flag) => /^--health-probe-bind-address(=|$)/.test(flag))) {
    throw new UsageError(
      '--hub-flag=--health-probe-bind-address does not go: the probes of the Deployment are sent to port 10357',
    );
  }
  if (flags.controlApi && !deploy) {
    throw new UsageError('--control-api is for the hub in the cluster: give `pullet hub` --control-listen elsewhere');
  }
  if (
    flags.controlApi &&
    flags.hubFlag.some((flag) => /^--control-(listen|tls-cert-file|tls-secret)(=|$)/.test(flag))
  ) {
    throw new UsageError('--control-api says where that API is served: leave out the --hub-flag that says it too');
  }
  if (replicas < 1) throw new UsageError('--replicas must be at least 1');
  return {
    hub: hubFlags(flags),
    ...(advertiseAddress === undefined ? {} : { advertised: advertisedServer(advertiseAddress) }),
    overwritesClusterInfo: flags.overwriteClusterInfo,
    ...(deploy && image
      ? { deployment: { image, replicas, flags: flags.hubFlag, servesControl: flags.controlApi } }
      : {}),
    timeoutMs: flags.timeout,
    isDryRun: flags.dryRun,
    ...(output ? { output } : {}),
    uninstalls: flags.uninstall,
  };
}

const ADDRESS = /^(\[[0-9a-f:.]+\]|[a-z0-9]([-a-z0-9.]*[a-z0-9])?)(:\d{1,5})?$/i;

function advertisedServer(text: string): string {
  if (!ADDRESS.test(text) || /^(0\.0\.0\.0|\[::\])(:|$)/.test(text)) {
    throw new UsageError(
      `invalid value "${text}" for --advertise-address: give HOST[:PORT] that members can reach, an IPv6 address in brackets`,
    );
  }
  return `https://${/:\d+$/.test(text) ? text : `${text}:6443`}`;
}

export async function runInit(options: InitCommandOptions, factory: Factory): Promise<void> {
  const { runInstallation } = await import('../init/run-installation.ts');
  await runInstallation(options, factory);
}
