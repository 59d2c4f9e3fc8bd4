import { type Static, Type } from '@sinclair/typebox';

/** The keys that the hub has certified for a cluster's agent. */
export const CertificateSchema = Type.Object(
  {
    cluster: Type.String(),
    keys: Type.Array(
      Type.Object({
        key: Type.String({ description: '`sha256:<hex>` of the public key' }),
        state: Type.Union(
          ['current', 'former', 'expired', 'revoked'].map((state) => Type.Literal(state)),
          {
            description: 'current: the key that has the name',
          },
        ),
        expiresAt: Type.String({ format: 'date-time', description: 'end of the last certificate for it' }),
      }),
      { description: 'the one that lasts longest first; none for a cluster of push mode' },
    ),
  },
  { title: 'CertificateState' },
);

export type CertificateState = Static<typeof CertificateSchema>;
