import { caPins } from '../../shared/pki/ca-pin.ts';
import type { HubEndpoint } from './control-deps.ts';

/** What to run with the kubeconfig of a new member, as `pullet token create --print-register-command` prints it; undefined without a CA to pin. */
export function newRegisterCommand(
  { server, caPem }: HubEndpoint,
  token: string,
  clusterName: string | undefined,
): string | undefined {
  if (caPem === '') return undefined;
  const endpoint = server.replace(/^https:\/\//, '').replace(/\/$/, '');
  const forName = clusterName === undefined ? '' : ` --cluster-name ${clusterName}`;
  return `pullet register ${endpoint} --token ${token} --discovery-token-ca-cert-hash ${caPins(caPem).join(',')}${forName}`;
}
