import { askJson, until } from './ask-until.ts';
import type { ConformanceServer } from './servers.ts';
import type { Memory } from './step.ts';

interface Definition {
  spec: { group: string; names: { plural: string }; versions: Version[] };
  status?: { conditions?: { type: string; status: string }[] };
}

interface Version {
  name: string;
  served: boolean;
  additionalPrinterColumns?: { name: string }[];
}

/** Where the sequence's own CustomResourceDefinition is; its last printer column says which edition of it is served. */
export const definitionPath =
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.<<namespace>>.example.com';
/** Where all definitions are. */
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const things = (version: string): string =>
  `/apis/<<namespace>>.example.com/${version}/namespaces/<<namespace>>/things`;

const versions = ['v1', 'v2', 'v1beta1'];

/** The definition as it was written last is served, or nothing any more. */
export async function settleDefinition(server: ConformanceServer, memory: Memory): Promise<void> {
  await until(async () => {
    const { status, body } = await askJson(server, 'GET', memory.fill(definitionPath));
    const definition = status === 200 ? (body as Definition) : undefined;
    if (definition?.status?.conditions?.some(({ type }) => type === 'Terminating')) return false;
    const served = await Promise.all(versions.map((name) => isServedAs(server, memory, definition, name)));
    return served.every(Boolean);
  });
}

const table = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };

async function isServedAs(
  { send }: ConformanceServer,
  memory: Memory,
  definition: Definition | undefined,
  name: string,
): Promise<boolean> {
  const version = definition?.spec.versions.find((one) => one.name === name && one.served);
  const answer = await send({ method: 'GET', path: memory.fill(things(name)), headers: table });
  if (!version) return answer.status === 404;
  const edition = version.additionalPrinterColumns?.at(-1)?.name;
  return answer.status === 200 && answer.body.includes(`"name":"${edition}"`);
}
