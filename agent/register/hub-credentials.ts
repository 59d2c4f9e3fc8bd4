import type { CredentialSource } from '../../shared/client/transport-options.ts';

/**
 * The client certificate with which the agent goes to the hub, and the authorities by which it knows the hub: those that count now, for every connection that is
 * made from now on.
 */

export interface ClientCertificate {
  certPem: string;
  /** A secret. */
  keyPem: string;
}

export interface HubCredentials {
  current(): ClientCertificate;
  /** Open connections finish what they carry; the next request is made on a new one. */
  adopt(certificate: ClientCertificate): void;
  /** PEM bundle; undefined: the system's authorities. */
  trusted(): string | undefined;
  /** Open connections go on. */
  trust(caPem: string): void;
  /** For the transport. */
  readonly source: CredentialSource;
}

export function newHubCredentials(initial: ClientCertificate, caPem?: string): HubCredentials {
  let current = initial;
  let trusted = caPem;
  return {
    current: () => current,
    adopt: (certificate) => {
      current = certificate;
    },
    trusted: () => trusted,
    trust: (bundle) => {
      trusted = bundle;
    },
    source: async () => ({ ...current, ...(trusted ? { caPem: trusted } : {}) }),
  };
}
