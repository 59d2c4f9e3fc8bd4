import { setMaxListeners } from 'node:events';
import type { Controller } from '../../shared/controller/controller.ts';
import { DEFAULT_SIGNING_POLICY, type SigningPolicy } from '../../shared/pki/signing-policy.ts';
import type { CertificateAuthority } from '../../shared/pki/x509.ts';
import { newAgentCertificateController } from './agent-certificate/controller.ts';
import { newAgentKeysController } from './agent-keys/controller.ts';
import { newBootstrapSignerController } from './bootstrap-signer/controller.ts';
import { newClusterController } from './cluster/controller.ts';
import { type MonitorGrace, newClusterMonitorController } from './cluster-monitor/controller.ts';
import { newClusterRoleAggregationController } from './clusterrole-aggregation/controller.ts';
import type { ControllerDeps, HubControllerDeps } from './controller-deps.ts';
import { newCsrApprovingController } from './csr-approving/controller.ts';
import { newCsrCleanerController } from './csr-cleaner/controller.ts';
import { newCsrIssuedController } from './csr-issued/controller.ts';
import { newCsrSigningController } from './csr-signing/controller.ts';
import { newGarbageCollectorController } from './garbage-collector/controller.ts';
import { newInformers } from './informers.ts';
import { newDeparturesController } from './karmada-compat/departures.ts';
import { newGeneratorApprovingController } from './karmada-compat/generator-approving.ts';
import { newKarmadaCompat } from './karmada-compat/karmada-compat.ts';
import { newUnfinishedJoinsController } from './karmada-compat/unfinished-joins.ts';
import { newNamespaceController } from './namespace/controller.ts';
import { newPolicyTypesController } from './policy-types/controller.ts';
import type { PolicyTypeCheck } from './policy-types/reconcile.ts';
import { newServiceAccountTokenController, type ServingCa } from './serviceaccount-token/controller.ts';
import { newTokenCleanerController } from './token-cleaner/controller.ts';

/** The hub's controllers, by what already runs where the hub's API is. */
export interface HubControllerOptions {
  /** The embedded API: nobody else deletes namespaces, collects garbage, cleans requests and aggregates roles there. */
  isEmbedded: boolean;
  /** Sign cluster-info and delete expired tokens: false where kube-controller-manager's bootstrapsigner and tokencleaner are on. */
  signsClusterInfo: boolean;
  /** The CA to sign approved requests with; absent where another signer does it. */
  signing?: { ca: () => CertificateAuthority; policy?: SigningPolicy };
  /** Of the embedded API, to be put into service-account token Secrets; absent: they stay empty. */
  servingCa?: ServingCa;
  /** Of the embedded API, which checks the types of policies' expressions; absent: their statuses stay empty. */
  checkPolicyTypes?: PolicyTypeCheck;
  /** Every join waits for a person. */
  requiresApproval?: boolean;
  /** Serve karmadactl and karmada-agents too: the embedded API only. */
  servesKarmada?: boolean;
  /** When a silent member becomes Unknown; the wire contract's if absent. */
  monitorGrace?: MonitorGrace;
}

/** Controllers and the informers they share, run and stopped together. */
export interface ControllerSet {
  readonly controllers: readonly Controller[];
  /** Whether they have what they decide by; before, they wait. */
  hasSynced(): boolean;
  /** Runs until `signal` aborts; resolves when the last reconcile has ended. A set runs once. */
  run(signal: AbortSignal): Promise<void>;
}

type NewController = (deps: ControllerDeps) => Controller;

/** All controllers of a hub. Where several hubs share one API, run them while leading only. */
export function newHubControllers(deps: HubControllerDeps, options: HubControllerOptions): ControllerSet {
  const newMonitor: NewController = (own) => newClusterMonitorController(own, options.monitorGrace);
  // The embedded API looks at the record of keys with every request; a real one can't be told to.
  const endsCertificates = options.isEmbedded;
  const karmada = options.servesKarmada ? { karmada: newKarmadaCompat(deps.client) } : {};
  const approving = { endsCertificates, requiresApproval: options.requiresApproval === true, ...karmada };
  const always: NewController[] = [
    (own) => newClusterController(own, { endsCertificates }),
    newMonitor,
    (own) => newCsrApprovingController(own, approving),
    newCsrIssuedController,
    newAgentCertificateController,
    newAgentKeysController,
  ];
  const clusterInfo = [newBootstrapSignerController, newTokenCleanerController];
  const embedded = [newCsrCleanerController, newClusterRoleAggregationController, newDeparturesController];
  const { signing } = options;
  const signer: NewController[] = signing
    ? [(own) => newCsrSigningController(own, { ca: signing.ca, policy: signing.policy ?? DEFAULT_SIGNING_POLICY })]
    : [];
  return newControllerSet(deps, [
    ...always,
    ...signer,
    ...(options.servesKarmada ? [newGeneratorApprovingController, newUnfinishedJoinsController] : []),
    ...(options.signsClusterInfo ? clusterInfo : []),
    ...(options.isEmbedded ? [...embedded, ...apiHousekeeping(deps, options)] : []),
  ]);
}

/**
 * What any API server needs beside it: namespaces are emptied, dependents follow their owners, service-account token Secrets are filled.
 * For simulated members.
 */
export function newHousekeepingControllers(deps: HubControllerDeps, options: HousekeepingOptions): ControllerSet {
  return newControllerSet(deps, apiHousekeeping(deps, options));
}

type HousekeepingOptions = Pick<HubControllerOptions, 'servingCa' | 'checkPolicyTypes'>;

function apiHousekeeping(
  { newInformer }: HubControllerDeps,
  { servingCa, checkPolicyTypes: check }: HousekeepingOptions,
): NewController[] {
  const tokens: NewController[] =
    servingCa === undefined ? [] : [(own) => newServiceAccountTokenController(own, servingCa)];
  const policies: NewController[] = check === undefined ? [] : [(own) => newPolicyTypesController(own, check)];
  return [
    newNamespaceController,
    (own) => newGarbageCollectorController({ ...own, newInformer }),
    ...tokens,
    ...policies,
  ];
}

function newControllerSet(deps: HubControllerDeps, factories: NewController[]): ControllerSet {
  const { newInformer: _, ...rest } = deps;
  const informers = newInformers(deps);
  const controllers = factories.map((newController) => newController({ ...rest, informers }));
  return {
    controllers,
    hasSynced: informers.hasSynced,
    run: async (signal) => {
      // Each informer and controller listens to it: many, and meant.
      setMaxListeners(0, signal);
      await Promise.all([informers.run(signal), ...controllers.map((controller) => controller.run(signal))]);
    },
  };
}
