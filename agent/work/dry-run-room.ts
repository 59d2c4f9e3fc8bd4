import type { ManifestStatus } from '../../shared/apis/work/v1alpha1.ts';
import { jsonText } from '../../shared/client/json-text.ts';

/** How much of an answer to a dry run the hub has room for: etcd takes objects of 1.5 MiB, and the question is in the same one. */

const ROOM = 1024 * 1024;
/** However large the question is. */
const LEAST_ROOM = 128 * 1024;
/** The member's words about one manifest. */
const MAX_MESSAGE = 2000;

const LEFT_OUT = 'there are too many changes to tell them all: ask about fewer manifests';

export interface Fitted {
  statuses: ManifestStatus[];
  /** How many of the last manifests there is no room for at all. */
  missing: number;
}

/** In the order of the manifests, each whole, else without its changes. */
export function fitted(answers: readonly ManifestStatus[], question: unknown): Fitted {
  let left = Math.max(LEAST_ROOM, ROOM - sizeOf(question));
  const statuses: ManifestStatus[] = [];
  for (const answer of answers) {
    const one = [shortWorded(answer), withoutChanges(answer)].find((form) => sizeOf(form) <= left);
    if (!one) break;
    left -= sizeOf(one);
    statuses.push(one);
  }
  return { statuses, missing: answers.length - statuses.length };
}

function shortWorded({ status = {}, ...rest }: ManifestStatus): ManifestStatus {
  const { message } = status;
  if (typeof message !== 'string' || message.length <= MAX_MESSAGE) return { ...rest, status };
  return { ...rest, status: { ...status, message: `${message.slice(0, MAX_MESSAGE)}…` } };
}

function withoutChanges({ status: { result } = {}, ...rest }: ManifestStatus): ManifestStatus {
  return { ...rest, status: { result, message: LEFT_OUT } };
}

/** In bytes, as it is sent. */
function sizeOf(value: unknown): number {
  return Buffer.byteLength(jsonText(value));
}
