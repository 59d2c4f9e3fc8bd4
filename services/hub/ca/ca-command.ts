import { shortHumanDuration } from '../../../shared/apis/duration.ts';
import { isNotFound } from '../../../shared/apis/meta/status-error.ts';
import { newHttpTransport } from '../../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../../shared/client/kube-client.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import { type Flag, FlagError, type FlagValues, formatFlags, parseCommandLine } from '../../../shared/process/flags.ts';
import type { ProcessContext } from '../../../shared/process/program.ts';
import { ADMIN_FLAGS, adminAccess, explained } from '../admin-flags.ts';
import { CA_PATH } from './ca-handler.ts';
import { CA_STEPS, type CaStatus } from './ca-steps.ts';

/** `pullet hub ca …`: another certificate authority for a running hub, in steps that cut nobody off. */

const FLAGS: readonly Flag[] = [
  { name: 'force', type: 'boolean', default: 'false', help: 'take the step although it cuts off the agents it names' },
  ...ADMIN_FLAGS,
];

const HELP = `Replace the certificate authority of a hub with the embedded API while agents
stay connected.

Usage:
  pullet hub ca status    which authorities there are, and who knows them
  pullet hub ca rotate    publish a new one beside the old one, for agents to know
  pullet hub ca switch    sign and serve with the new one; agents renew theirs
  pullet hub ca finish    drop the old one: its certificates are refused then
  pullet hub ca cancel    instead of switch: forget the new one

A step is refused as long as it would cut an agent off. admin.kubeconfig in the
hub's directory follows each step; copies of it, and other kubeconfigs with the
old authority, must be replaced by their owners between rotate and switch.

Examples:
  pullet hub ca rotate --kubeconfig ./hub/admin.kubeconfig
  pullet hub ca status --kubeconfig ./hub/admin.kubeconfig

Flags:
${formatFlags(FLAGS)}`;

export async function runCa(
  args: string[],
  { streams, env, signal }: ProcessContext,
  now: () => number,
): Promise<void> {
  const { values, positionals } = parseCommandLine(FLAGS, args, env);
  if (values['help'] === true) return streams.out(HELP);
  const [word, ...more] = positionals;
  const step = CA_STEPS.find((each) => each === word);
  if ((!step && word !== 'status') || more.length > 0)
    throw new FlagError(`give one of status, ${CA_STEPS.join(', ')}`);
  const body = step && JSON.stringify({ step, force: values['force'] === true });
  streams.out(describe(await send(values, { env, body, signal }), now()));
}

async function send(
  values: FlagValues,
  { env, body, signal }: Pick<ProcessContext, 'env' | 'signal'> & { body: string | undefined },
): Promise<CaStatus> {
  const access = await adminAccess(values, { env });
  const client = newKubeClient({ transport: newHttpTransport(access.transport), userAgent: 'pullet' });
  try {
    const request = { path: CA_PATH, signal };
    return JSON.parse(await client.raw(body ? { ...request, method: 'POST', body } : { ...request, method: 'GET' }));
  } catch (error) {
    if (!isNotFound(error)) throw await explained(access, error);
    throw new Error(
      'this Kubernetes API is not one that a hub embeds: its authority is rolled as Kubernetes documents it. Put both authorities into ' +
        'kube-public/cluster-info meanwhile; agents take them up from there',
      { cause: error },
    );
  } finally {
    await client.close();
  }
}

const ROLES = { signs: 'signs', next: 'published, signs next', former: 'former, still good' } as const;

function describe({ stage, authorities, servingNotAfter, agents, waitsFor }: CaStatus, now: number): string {
  const end = (ms: number): string => `${rfc3339(ms)} (${ms > now ? shortHumanDuration(ms - now) : 'over'})`;
  const lines = authorities.map(({ role, pin, notAfter }) => `${pin}  until ${end(notAfter)}  ${ROLES[role]}`);
  const next = {
    single: 'nothing is under way; another authority: pullet hub ca rotate',
    published: `${agents - waitsFor.length} of ${agents} agents know the next one${listed(waitsFor)}; then: pullet hub ca switch`,
    switched: `${agents - waitsFor.length} of ${agents} agents have a certificate of the new one${listed(waitsFor)}; then: pullet hub ca finish`,
  }[stage];
  return `${[...lines, `the hub's own certificate: until ${end(servingNotAfter)}`, next].join('\n')}\n`;
}

function listed(waitsFor: string[]): string {
  if (waitsFor.length === 0) return '';
  const more = waitsFor.length > 20 ? ', …' : '';
  return `; not yet: ${waitsFor.slice(0, 20).join(', ')}${more}`;
}
