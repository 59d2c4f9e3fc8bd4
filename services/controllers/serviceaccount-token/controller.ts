import { type Secret, secrets, serviceAccounts } from '../../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../../shared/apis/meta/v1.ts';
import { type Controller, type Source, source } from '../../../shared/controller/controller.ts';
import type { Informer } from '../../../shared/controller/informer.ts';
import { keyOf } from '../../../shared/controller/store.ts';
import type { ControllerDeps } from '../controller-deps.ts';
import { ACCOUNT_ANNOTATION, reconcileServiceAccountToken, TOKEN_SECRET_TYPE } from './reconcile.ts';

const BY_ACCOUNT = 'account';

/** Whom the API's certificate is from, as it is now. */
export interface ServingCa {
  /** PEM bundle. */
  pem(): string;
  /** Calls back when it has changed. The result takes it back. */
  onChange(listener: () => void): () => void;
}

/** Looks at a token Secret when it changes, when its account is deleted, and when the authority changes. Other Secrets are never read. */
export function newServiceAccountTokenController(deps: ControllerDeps, ca: ServingCa): Controller {
  const { client, clock, informers, log } = deps;
  const informer = informers.of(secrets, {
    fieldSelector: `type=${TOKEN_SECRET_TYPE}`,
    indexes: {
      [BY_ACCOUNT]: ({ metadata }) => [`${metadata.namespace}/${metadata.annotations?.[ACCOUNT_ANNOTATION]}`],
    },
  });
  const accounts = informers.of(serviceAccounts);
  const getSecret = (key: string) => informer.store.get(key);
  const secretsOf = (account: string): string[] => informer.store.byIndex(BY_ACCOUNT, account).map(keyOf);
  return deps.newController({
    name: 'serviceaccount-token',
    sources: [
      source(informer, (secret) => [keyOf(secret)]),
      deletedAccounts(accounts, secretsOf),
      allWhen(ca, informer),
    ],
    reconcile: (key, signal) => reconcileServiceAccountToken({ client, caPem: ca.pem(), getSecret }, key, signal),
    clock,
    log,
  });
}

function allWhen(ca: ServingCa, informer: Informer<Secret>): Source {
  return {
    name: 'the authority',
    synced: () => informer.synced(),
    subscribe: (enqueue) => ca.onChange(() => informer.store.list().map(keyOf).forEach(enqueue)),
  };
}

function deletedAccounts(informer: Informer<KubeObject>, secretsOf: (account: string) => string[]): Source {
  return {
    name: 'deleted service accounts',
    synced: () => informer.synced(),
    subscribe: (enqueue) =>
      informer.addHandler(({ object, deleted }) => {
        if (deleted) secretsOf(keyOf(object)).forEach(enqueue);
      }),
  };
}
