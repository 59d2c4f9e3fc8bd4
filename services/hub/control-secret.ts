import { secrets } from '../../shared/apis/core/v1.ts';
import { isConflict } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { ControlTls } from '../control/control-server.ts';
import { type ControlCertificate, renewedCertificate } from './control-certificate.ts';
import type { ControlSecret } from './options.ts';

/** The certificate of the control-plane API out of a Secret that all replicas of a hub share; whoever finds it empty or near its end fills it. */

const TRIES = 5;

/** Throws, in words, if the Secret is not there or can't be served. */
export async function loadControlSecret(
  { client, clock }: { client: KubeClient; clock: Pick<Clock, 'now'> },
  { namespace, name, names }: ControlSecret,
  signal: AbortSignal,
): Promise<ControlTls> {
  const where = `Secret ${namespace}/${name} (--control-tls-secret)`;
  for (let attempt = 1; ; attempt++) {
    const secret = await getIfPresent(client, secrets, { namespace, name }, signal);
    if (!secret) throw new Error(`${where} is not there: make it, empty or of type kubernetes.io/tls`);
    const held = decoded(secret.data ?? {});
    const renewed = await renewedCertificate(held, names, clock.now()).catch((error: unknown) => {
      throw new Error(`${where} can't be served`, { cause: error });
    });
    if (!renewed) return tlsOf(held);
    const patch = { metadata: { resourceVersion: secret.metadata.resourceVersion }, data: encoded(renewed) };
    try {
      await client.patch(secrets, { namespace, name }, { type: 'merge', patch }, { signal });
      return tlsOf(renewed);
    } catch (error) {
      // Another replica was quicker.
      if (!isConflict(error) || attempt === TRIES) throw error;
    }
  }
}

function tlsOf({ 'tls.crt': certificate = '', 'tls.key': privateKey = '' }: ControlCertificate): ControlTls {
  return { certificate, privateKey };
}

function decoded(data: Readonly<Record<string, string>>): ControlCertificate {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}

function encoded(certificate: ControlCertificate): Record<string, string> {
  return Object.fromEntries(
    Object.entries(certificate).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
}
