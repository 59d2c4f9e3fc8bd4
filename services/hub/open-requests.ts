import type { CertificateSigningRequest } from '../../shared/apis/certificates/v1.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { AdmissionCheck } from '../apiserver/registry/registry.ts';
import type { Storage } from '../storage/backend.ts';
import { isAgentOrJoiner } from './agent-admission.ts';
import { newOwnedBytes } from './owned-bytes.ts';

/**
 * Bounds what one joiner or agent has of certificate requests, all together: they stay for an hour or a day, in memory too, and nobody has to have decided on the last before
 * the next is sent. The limits are those of tens of thousands of clusters that join with one token, and wait to be approved, or have joined within an hour.
 */
export interface OpenRequestLimit {
  check: AdmissionCheck;
  close(): void;
}

const FOLDER = '/certificates.k8s.io/certificatesigningrequests/';

/** Bytes of one user's. */
export interface RequestBounds {
  /** Without a certificate. */
  open: number;
  /** With one, which makes them several times as long. */
  issued: number;
}

const BOUNDS: RequestBounds = { open: 64 << 20, issued: 256 << 20 };

export function newOpenRequestLimit(storage: Storage, bounds = BOUNDS): OpenRequestLimit {
  const bytes = newOwnedBytes(storage, FOLDER, ({ spec, status }: CertificateSigningRequest) =>
    groupOf(status?.certificate ? 'issued' : 'open', spec.username),
  );
  const check: AdmissionCheck = ({ definition, operation, subresource, user, name }, object) => {
    const isRequest =
      definition.plural === 'certificatesigningrequests' && operation === 'CREATE' && subresource === '';
    if (!isRequest || !isAgentOrJoiner(user)) return;
    const refuse = (which: keyof RequestBounds, advice: string): void => {
      const held = bytes.of(groupOf(which, user.name));
      if (held < bounds[which]) return;
      throw newForbidden(
        { group: definition.group, resource: definition.plural, name: object?.metadata.name ?? name },
        `requests of user ${JSON.stringify(user.name)} ${WORDS[which]} have ${held} bytes, and may have ${bounds[which]}: ${advice}`,
      );
    };
    refuse('open', 'decide on them or delete them on the hub, or join with another token');
    refuse('issued', 'they go by themselves within an hour, or are deleted on the hub');
  };
  return { check, close: bytes.close };
}

const WORDS = { open: 'for which there is no certificate', issued: 'that have their certificate' };

const groupOf = (which: keyof RequestBounds, user = ''): string => `${which} ${user}`;
