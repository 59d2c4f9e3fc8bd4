import {
  CERTIFICATE_AUTHORITY_ANNOTATION,
  TRUSTED_AUTHORITIES_ANNOTATION,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { isIssuedBy } from '../../shared/pki/certificate-info.ts';
import { pemBlocks } from '../../shared/pki/pem.ts';
import type { HubCredentials } from './hub-credentials.ts';

/**
 * What an agent tells the hub with each heartbeat, so that the hub's administrator knows when its authority can be replaced: the pins of those by which the agent
 * knows the hub, and of the one among them that issued its certificate ('' if none did).
 */
export function newAuthorityReport(credentials: HubCredentials): () => Record<string, string> {
  let last: { bundle: string; certPem: string; report: Record<string, string> } | undefined;
  return () => {
    const bundle = credentials.trusted() ?? '';
    const { certPem } = credentials.current();
    if (last?.bundle === bundle && last.certPem === certPem) return last.report;
    const issuer = pemBlocks(bundle, 'CERTIFICATE').find((authority) => isIssuedBy(certPem, authority));
    const report = {
      [TRUSTED_AUTHORITIES_ANNOTATION]: caPins(bundle).join(','),
      [CERTIFICATE_AUTHORITY_ANNOTATION]: issuer ? caPins(issuer).join() : '',
    };
    last = { bundle, certPem, report };
    return report;
  };
}
