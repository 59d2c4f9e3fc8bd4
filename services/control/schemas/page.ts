import { Type } from '@sinclair/typebox';

/** Lists come in pages: as many items as wanted, and a text to go on with. */

export const PAGE_QUERY = {
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'items of a page at most' }),
  continue: Type.String({ minLength: 1, maxLength: 4096, description: 'the `continue` of the page before' }),
};

export const PageQuery = Type.Partial(Type.Object(PAGE_QUERY, { additionalProperties: false }));

export const PAGE_ANSWER = {
  continue: Type.Optional(Type.String({ description: 'there is more: ask again with this' })),
  remaining: Type.Optional(
    Type.Integer({ description: 'how many items are left after this page, where the hub knows' }),
  ),
};

const DEFAULT_LIMIT = 100;

/** For the list of the Kubernetes API. */
export function pageOptions(query: { limit?: number; continue?: string }): { limit: number; continue?: string } {
  const { limit = DEFAULT_LIMIT } = query;
  return query.continue === undefined ? { limit } : { limit, continue: query.continue };
}

/** Of its answer. */
export function pageAnswer(metadata: { continue?: string; remainingItemCount?: number }): {
  continue?: string;
  remaining?: number;
} {
  return {
    ...(metadata.continue ? { continue: metadata.continue } : {}),
    ...(metadata.remainingItemCount === undefined ? {} : { remaining: metadata.remainingItemCount }),
  };
}
