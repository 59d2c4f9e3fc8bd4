import { waitForRollout } from '../../agent/register/rollout.ts';
import { CONTROL_NAME } from '../../services/install/hub-control.ts';
import { HUB_NAME, HUB_NAMESPACE } from '../../services/install/hub-names.ts';
import { type InstallDeps, type InstallOptions, install, installManifests } from '../../services/install/install.ts';
import { uninstall } from '../../services/install/uninstall.ts';
import { services } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import type { InitCommandOptions } from '../commands/init.ts';
import type { Endpoint, Factory } from '../factory.ts';
import { toYaml } from '../printers/yaml.ts';

/** What `pullet init` does, as its user sees it. */
export async function runInstallation(options: InitCommandOptions, factory: Factory): Promise<void> {
  const { clock, signal, streams } = factory;
  const client = await factory.hubClient(options.hub);
  const print = (line: string): void => streams.out(`${line}\n`);
  if (options.uninstalls) return await uninstall({ isDryRun: options.isDryRun }, { client, clock, print }, signal);
  const endpoint = await factory.hubEndpoint(options.hub);
  const wanted = installOptions(options, endpoint);
  if (options.output) {
    const manifests = await installManifests(wanted, client, signal);
    return streams.exact(manifests.map((manifest) => `---\n${toYaml(manifest)}`).join(''));
  }
  const newClient: InstallDeps['newClient'] = ({ token }) =>
    factory.clientFor({ ...anonymousTransport(endpoint), ...(token === undefined ? {} : { token }) });
  await install(wanted, { client, newClient, clock, print }, signal);
  if (!options.deployment?.servesControl) await tellOfControl(client, print, signal);
  if (options.isDryRun) return;
  await rollOut(options, factory, print);
  if (options.deployment?.servesControl) print(controlText(options));
  print(`\nThis cluster is a hub. Let clusters in:\n  pullet token create --print-register-command${hubFlag(options)}`);
}

function installOptions(options: InitCommandOptions, { server, caPem }: Endpoint): InstallOptions {
  const { advertised, deployment, isDryRun, overwritesClusterInfo: isOverwriting } = options;
  return {
    clusterInfo: {
      server,
      ...(caPem ? { caPem } : {}),
      ...(advertised ? { advertised } : {}),
      isOverwriting,
    },
    ...(deployment ? { deployment } : {}),
    isDryRun,
  };
}

function anonymousTransport({ server, caPem, insecureSkipTlsVerify, tlsServerName, proxyUrl }: Endpoint) {
  return {
    server,
    ...(caPem ? { caPem } : {}),
    ...(insecureSkipTlsVerify ? { insecureSkipTlsVerify } : {}),
    ...(tlsServerName ? { tlsServerName } : {}),
    ...(proxyUrl ? { proxyUrl } : {}),
  };
}

async function rollOut(options: InitCommandOptions, factory: Factory, print: (line: string) => void): Promise<void> {
  const { deployment, timeoutMs } = options;
  if (!deployment) return print(`\nNow run it: pullet hub${hubFlag(options) || ' --kubeconfig FILE'}`);
  print(`Waiting until Deployment ${HUB_NAMESPACE}/${HUB_NAME} is rolled out`);
  const { clock, signal } = factory;
  const what = { what: 'hub', cluster: 'cluster', image: deployment.image };
  const target = { name: HUB_NAME, namespace: HUB_NAMESPACE, timeoutMs, ...what };
  await waitForRollout({ client: await factory.hubClient(options.hub), clock }, target, signal);
}

/** An earlier run made it; its Secret may hold somebody's certificate, and is not taken away unasked. */
async function tellOfControl(client: KubeClient, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const made = await getIfPresent(client, services, { name: CONTROL_NAME, namespace: HUB_NAMESPACE }, signal);
  if (!made) return;
  print(
    `Without --control-api the hub does not serve the control-plane API; what an earlier run made for it stays. To take that away:
  kubectl delete service,secret,role,rolebinding -n ${HUB_NAMESPACE} ${CONTROL_NAME}`,
  );
}

/** Of the Secret, as the user can read it. */
function controlText({ hub: { kubeconfig, karmadaContext } }: InitCommandOptions): string {
  const flags = `${kubeconfig ? ` --kubeconfig ${kubeconfig}` : ''}${karmadaContext ? ` --context ${karmadaContext}` : ''}`;
  return `\nThe control-plane API: https://${CONTROL_NAME}.${HUB_NAMESPACE}.svc/api/v1. Its authority:
  kubectl get secret${flags} -n ${HUB_NAMESPACE} ${CONTROL_NAME} -o jsonpath='{.data.ca\\.crt}' | base64 -d`;
}

/** As the user has given it. */
function hubFlag({ hub: { kubeconfig, karmadaContext } }: InitCommandOptions): string {
  return `${kubeconfig ? ` --kubeconfig ${kubeconfig}` : ''}${karmadaContext ? ` --karmada-context ${karmadaContext}` : ''}`;
}
