import { type Static, Type } from '@sinclair/typebox';
import { BOOTSTRAP_GROUP_PATTERN } from '../../../shared/apis/bootstrap/token.ts';
import { WORDS } from '../request-check.ts';
import { ClusterName } from './cluster.ts';
import { PAGE_ANSWER } from './page.ts';

/** Bootstrap tokens. Their secret half is in one answer only: that of the create. */

const Usage = Type.Union([Type.Literal('signing'), Type.Literal('authentication')], {
  [WORDS]: 'must be signing or authentication',
});

export const TokenId = Type.String({
  pattern: '^[a-z0-9]{6}$',
  description: 'the six characters before the dot',
  [WORDS]: 'must be the six characters before the dot of a token',
});

const LIMITS = {
  clusterName: Type.Optional(ClusterName),
  singleUse: Type.Optional(Type.Boolean({ description: 'it ends once one cluster has joined with it' })),
  requireApproval: Type.Optional(Type.Boolean({ description: 'each join with it waits for an approval' })),
  replace: Type.Optional(
    Type.Boolean({
      description: 'the cluster that has the name now loses it to the joiner; needs clusterName, implies singleUse',
    }),
  ),
};

export const NewToken = Type.Object(
  {
    ttl: Type.Optional(
      Type.String({
        pattern: '^(0|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+)$',
        maxLength: 32,
        default: '24h',
        description: 'how long it lasts, as 30m or 24h; 0 for ever',
        [WORDS]: 'must be a duration such as 30m or 24h, or 0 for ever',
      }),
    ),
    description: Type.Optional(Type.String({ maxLength: 1024 })),
    usages: Type.Optional(Type.Array(Usage, { minItems: 1, uniqueItems: true })),
    groups: Type.Optional(
      Type.Array(
        Type.String({
          pattern: BOOTSTRAP_GROUP_PATTERN.source,
          [WORDS]: `must match ${BOOTSTRAP_GROUP_PATTERN.source}`,
        }),
        {
          minItems: 1,
          maxItems: 32,
          description: 'that its bearer is in; default: the one that the hub lets register',
        },
      ),
    ),
    ...LIMITS,
  },
  { title: 'NewToken', additionalProperties: false },
);

const TOKEN = {
  id: TokenId,
  description: Type.Optional(Type.String()),
  expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'absent: never' })),
  usages: Type.Array(Usage),
  groups: Type.Array(Type.String()),
  ...LIMITS,
  usedBy: Type.Optional(
    Type.Array(Type.String(), { description: 'clusters that have joined with it, the newest last' }),
  ),
};

const TokenSchema = Type.Object(TOKEN, { title: 'Token' });

export const CreatedToken = Type.Object(
  {
    ...TOKEN,
    token: Type.String({ description: 'the whole token; it is never shown again' }),
    registerCommand: Type.Optional(
      Type.String({
        description: 'to be run with the kubeconfig of the new member; absent where the hub does not know its own CA',
      }),
    ),
  },
  { title: 'CreatedToken' },
);

export const TokenPage = Type.Object({ items: Type.Array(TokenSchema), ...PAGE_ANSWER }, { title: 'TokenPage' });

export type Token = Static<typeof TokenSchema>;
export type NewTokenRequest = Static<typeof NewToken>;
