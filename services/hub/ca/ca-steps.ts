import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import { caPins } from '../../../shared/pki/ca-pin.ts';
import { readCertificate } from '../../../shared/pki/certificate-info.ts';
import type { CertificateAuthority } from '../../../shared/pki/x509.ts';
import type { HubPki } from '../hub-pki.ts';
import type { LivePki } from '../live-pki.ts';
import type { AgentAuthorities } from './agent-authorities.ts';
import { type CaStage, forgetOthers, publishNext, switchToNext } from './ca-files.ts';

/**
 * How the hub's authority is replaced while agents are connected. `rotate` publishes a new one beside the old; agents come to trust both. `switch` lets the new one
 * sign and serve; agents renew their certificates. `finish` drops the old one. A step that would cut an agent off is refused, unless forced.
 */
export const CA_STEPS = ['rotate', 'switch', 'finish', 'cancel'] as const;
export type CaStep = (typeof CA_STEPS)[number];

export interface CaStatus {
  stage: CaStage;
  /** The one that signs first. */
  authorities: { role: 'signs' | 'next' | 'former'; pin: string; notAfter: number }[];
  /** End of the hub's own certificate, in milliseconds since the epoch. */
  servingNotAfter: number;
  /** How many clusters have an agent, and which of them the next step would cut off. */
  agents: number;
  waitsFor: string[];
}

export interface CaStepDeps {
  pki: LivePki;
  /** Where the keys are. */
  directory: string;
  listAgents(): Promise<AgentAuthorities[]>;
  now(): number;
}

export async function readCaStatus({ pki, listAgents }: Pick<CaStepDeps, 'pki' | 'listAgents'>): Promise<CaStatus> {
  const { authorities, serving } = pki.current();
  const { stage, signing, other } = authorities;
  const agents = await listAgents();
  const listed = [
    lineOf('signs', signing),
    ...(other ? [lineOf(stage === 'switched' ? 'former' : 'next', other)] : []),
  ];
  return {
    stage,
    authorities: listed,
    servingNotAfter: readCertificate(serving.certPem).notAfter,
    agents: agents.length,
    waitsFor: heldBack(pki.current(), agents),
  };
}

function lineOf(
  role: CaStatus['authorities'][number]['role'],
  ca: CertificateAuthority,
): CaStatus['authorities'][number] {
  return { role, pin: pinOf(ca), notAfter: readCertificate(ca.certificatePem).notAfter };
}

function pinOf({ certificatePem }: CertificateAuthority): string {
  return caPins(certificatePem).join();
}

/** Whom the next step would cut off: who doesn't know the next authority yet, or still has a certificate of the former one. */
function heldBack({ authorities: { stage, signing, other } }: HubPki, agents: AgentAuthorities[]): string[] {
  if (stage === 'single' || !other) return [];
  const isReady = (agent: AgentAuthorities): boolean =>
    stage === 'published'
      ? agent.trusted.includes(pinOf(other))
      : agent.issuer === pinOf(signing) && agent.trusted.includes(pinOf(signing));
  return agents.filter((agent) => !isReady(agent)).map(({ cluster }) => cluster);
}

/** Throws a 400 that says why, if the step is not the one that comes now or would cut agents off. */
export async function takeCaStep(deps: CaStepDeps, step: CaStep, isForced: boolean): Promise<CaStatus> {
  const agents = await deps.listAgents();
  await deps.pki.reload(async (current) => {
    const { stage } = current.authorities;
    if (stage !== NEEDS[step]) throw newBadRequest(wrongStage(step, stage));
    const cutOff = step === 'switch' || step === 'finish' ? heldBack(current, agents) : [];
    if (cutOff.length > 0 && !isForced) throw newBadRequest(refusal(step, cutOff));
    await change(deps, step, current);
  });
  return readCaStatus(deps);
}

const NEEDS: Record<CaStep, CaStage> = {
  rotate: 'single',
  switch: 'published',
  cancel: 'published',
  finish: 'switched',
};

function wrongStage(step: CaStep, stage: CaStage): string {
  const now: Record<CaStage, string> = {
    single: 'the hub has one authority: pullet hub ca rotate comes first',
    published: 'the next authority is published: pullet hub ca switch comes next, or cancel',
    switched: 'the new authority signs already: pullet hub ca finish comes next',
  };
  return `can not ${step}: ${now[stage]}`;
}

const LISTED = 20;

function refusal(step: CaStep, clusters: string[]): string {
  const why =
    step === 'switch'
      ? 'these agents do not know the next authority yet, and could not connect again'
      : 'these agents do not have a certificate of the new authority yet, and would be refused';
  const more = clusters.length > LISTED ? ` and ${clusters.length - LISTED} more` : '';
  return `${why}: ${clusters.slice(0, LISTED).join(', ')}${more}. Agents look every few minutes; --force goes on without them`;
}

async function change({ directory, now }: CaStepDeps, step: CaStep, { authorities }: HubPki): Promise<void> {
  if (step === 'rotate') await publishNext(directory, now());
  else if (step === 'switch') await switchToNext(directory, authorities);
  else forgetOthers(directory);
}
