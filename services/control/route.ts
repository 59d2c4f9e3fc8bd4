import { type Static, type TObject, type TSchema, Type } from '@sinclair/typebox';
import type { KubeClient } from '../../shared/client/client.ts';
import { checkPart } from './request-check.ts';

/** One operation of the API as a value: what validates it, what documents it, and what does it. */

/** What an operation works with. */
export interface Call {
  /** Acts as the caller. */
  client: KubeClient;
  /** Aborts when the caller has gone. */
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  body?: object;
}

export interface AnswerDescription {
  status: number;
  description: string;
  schema?: TSchema;
}

export interface RouteDescription {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** Below /api/v1, with `{name}` for a parameter. */
  path: string;
  operationId: string;
  summary: string;
  description?: string;
  tag: string;
  answer: AnswerDescription;
  params: TObject;
  query: TObject;
  /** Absent: the operation has no content. */
  body?: TObject;
}

export interface RawInput {
  params: unknown;
  query: unknown;
  body: unknown;
}

/** For callers with an identity. */
export interface CallerRoute extends RouteDescription {
  run(input: RawInput, call: Call): Promise<Answer>;
}

/** For everybody. */
export interface PublicRoute extends RouteDescription {
  runForAnyone(): Promise<Answer>;
}

export type Route = CallerRoute | PublicRoute;

export const NOTHING = Type.Object({}, { additionalProperties: false });

interface CallerRouteSpec<P extends TObject, Q extends TObject, B extends TObject>
  extends Omit<RouteDescription, 'params' | 'query' | 'body'> {
  params?: P;
  query?: Q;
  body?: B;
  handle(input: { params: Static<P>; query: Static<Q>; body: Static<B> }, call: Call): Promise<Answer>;
}

/** An operation whose input is checked before it is handled. */
export function newRoute<
  P extends TObject = typeof NOTHING,
  Q extends TObject = typeof NOTHING,
  B extends TObject = typeof NOTHING,
>({ handle, ...spec }: CallerRouteSpec<P, Q, B>): CallerRoute {
  const { params = NOTHING, query = NOTHING, body } = spec;
  return {
    ...spec,
    params,
    query,
    run: async (raw, call) => {
      const input = {
        params: checkPart(params, 'path', raw.params) as Static<P>,
        query: checkPart(query, 'query', raw.query) as Static<Q>,
        body: checkPart(body ?? NOTHING, 'body', raw.body ?? {}) as Static<B>,
      };
      return handle(input, call);
    },
  };
}
