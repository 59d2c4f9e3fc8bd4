import { type Static, Type } from '@sinclair/typebox';
import { PAGE_ANSWER } from './page.ts';

/** Joins that wait for a person. */

export const ApprovalParams = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 253,
      pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
      description: 'name of the request',
    }),
  },
  { additionalProperties: false },
);

const ApprovalSchema = Type.Object(
  {
    name: Type.String({ description: 'of the certificate request' }),
    cluster: Type.String({ description: 'the name that the joiner wants' }),
    key: Type.String({ description: '`sha256:<hex>` of its public key: compare it with what `pullet register` shows' }),
    memberUid: Type.Optional(
      Type.String({ description: "uid of the member's namespace kube-system, as the joiner says" }),
    ),
    requester: Type.String(),
    createdAt: Type.String({ format: 'date-time' }),
    approved: Type.Boolean({ description: 'somebody has said yes; the hub is about to act on it' }),
  },
  { title: 'Approval' },
);

export const ApprovalPage = Type.Object(
  { items: Type.Array(ApprovalSchema), ...PAGE_ANSWER },
  { title: 'ApprovalPage' },
);

export const Rejection = Type.Object(
  {
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: 'told to the joiner' })),
  },
  { title: 'Rejection', additionalProperties: false },
);

export const Decision = Type.Object(
  {
    name: Type.String(),
    cluster: Type.String(),
    key: Type.String(),
    decision: Type.Union([Type.Literal('approved'), Type.Literal('rejected')]),
  },
  { title: 'Decision' },
);

export type Approval = Static<typeof ApprovalSchema>;
