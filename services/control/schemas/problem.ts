import { type Static, Type } from '@sinclair/typebox';

/** `application/problem+json`. Source: RFC 9457. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri', description: 'which kind of problem, for programs' }),
    title: Type.String({ description: 'which kind of problem, for people' }),
    status: Type.Integer({ description: 'the HTTP status' }),
    detail: Type.String({ description: 'what it is this time' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({
            description: 'where: e.g. `body/labels/env`, `query/limit`, or a field of the Kubernetes object',
          }),
          detail: Type.String(),
        }),
        { description: 'one for each field that is wrong' },
      ),
    ),
  },
  { title: 'Problem' },
);

export type ProblemDocument = Static<typeof ProblemSchema>;
