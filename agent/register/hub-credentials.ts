import type { CredentialSource } from '../../shared/client/transport-options.ts';

/** The client certificate with which the agent goes to the hub: the one that counts now, for every connection that is made from now on. */

export interface ClientCertificate {
  certPem: string;
  /** A secret. */
  keyPem: string;
}

export interface HubCredentials {
  current(): ClientCertificate;
  /** Open connections finish what they carry; the next request is made on a new one. */
  adopt(certificate: ClientCertificate): void;
  /** For the transport. */
  readonly source: CredentialSource;
}

export function newHubCredentials(initial: ClientCertificate): HubCredentials {
  let current = initial;
  return {
    current: () => current,
    adopt: (certificate) => {
      current = certificate;
    },
    source: async () => current,
  };
}
