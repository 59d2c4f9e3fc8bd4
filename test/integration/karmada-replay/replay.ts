import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { loadKubeconfig } from '../../../shared/client/kubeconfig.ts';
import type { TransportOptions } from '../../../shared/client/transport-options.ts';

/** Sends requests of karmadactl and karmada-agent (v1.19.0-rc.0) again, byte for byte, as they were recorded; secrets in them are overwritten. */
export interface Recorded {
  /** By whom: an administrator, nobody, the holder of the token, the identity rbac-generator, the agent of cluster m2. */
  as: 'admin' | 'nobody' | 'token' | 'generator' | 'agent';
  method: string;
  path: string;
  accept?: string;
  contentType?: string;
  /** Of a protobuf body. */
  base64?: string;
  /** Of a JSON body. */
  body?: string;
  /** What is to come back. */
  status: number;
  /** 404 will do too: the hub may have deleted it by itself. */
  mayBeGone?: boolean;
}

export interface Answer {
  status: number;
  text: string;
}

/** One file of recorded requests, in their order. */
export function recorded(name: string): Recorded[] {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as Recorded[];
}

const AGENTS = 'system:karmada:agents';

export interface Replay {
  send(recorded: Recorded): Promise<Answer>;
}

/** The identities that have a certificate only in the recording are impersonated by the administrator. */
export async function newReplay(kubeconfig: string, token: string): Promise<Replay> {
  const { transport } = await loadKubeconfig({ path: kubeconfig });
  const send = (one: Recorded, body: Buffer | undefined) => exchange(transport, one, headersOf(one, token), body);
  return {
    send: async (one) => {
      if (one.method !== 'PUT' || one.body === undefined) return await send(one, bodyOf(one));
      const path = one.path.replace(/\/status(?=$|\?)/, '');
      const stored = await send({ as: 'admin', method: 'GET', path, status: 200 }, undefined);
      return await send(one, Buffer.from(asOf(one.body, stored.text)));
    },
  };
}

/** A recorded object names the version that it replaces; here uid, version and times are others. */
function asOf(body: string, stored: string): string {
  const object = JSON.parse(body) as { metadata: object };
  const { resourceVersion, uid, deletionTimestamp } = (JSON.parse(stored) as { metadata: Record<string, unknown> })
    .metadata;
  return JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion, uid, deletionTimestamp } });
}

function bodyOf({ base64, body }: Recorded): Buffer | undefined {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  return body === undefined ? undefined : Buffer.from(body);
}

function headersOf({ as, accept, contentType }: Recorded, token: string): Record<string, string | string[]> {
  const user = { generator: 'system:karmada:agent:rbac-generator', agent: 'system:karmada:agent:m2' }[as as 'agent'];
  return {
    ...(accept ? { accept } : {}),
    ...(contentType ? { 'content-type': contentType } : {}),
    ...(as === 'token' ? { authorization: `Bearer ${token}` } : {}),
    ...(user ? { 'impersonate-user': user, 'impersonate-group': [AGENTS, 'system:authenticated'] } : {}),
  };
}

function exchange(
  { server, caPem, certPem, keyPem }: TransportOptions,
  { as, method, path }: Recorded,
  headers: Record<string, string | string[]>,
  body: Buffer | undefined,
): Promise<Answer> {
  const isNobody = as === 'nobody' || as === 'token';
  const tls = { ca: caPem, ...(isNobody ? {} : { cert: certPem, key: keyPem }) };
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(body.length) } : {};
    const sent = request(
      `${server}${path}`,
      { method, headers: { ...headers, ...length }, agent: false, ...tls },
      (response) => {
        readAnswer(response, () => sent.destroy()).then(resolve, reject);
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** A watch is over here when all that was there before has come. */
async function readAnswer(response: IncomingMessage, leave: () => void): Promise<Answer> {
  let text = '';
  const status = response.statusCode ?? 0;
  for await (const chunk of response) {
    text += String(chunk);
    if (!text.includes('"k8s.io/initial-events-end":"true"')) continue;
    leave();
    break;
  }
  return { status, text };
}
