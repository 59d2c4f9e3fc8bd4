import { UnreadableAnswerError } from './transport.ts';

/** Whether an answer is that of a Kubernetes API server: what a proxy or a balancer before it says instead is an error, and none of the server's words. Both throw an UnreadableAnswerError. */

export function parseAnswer<T>(text: string, what: string): T {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableAnswerError(`${what}: the answer is not JSON; is this a Kubernetes API server?`, {
      cause: error,
    });
  }
}

/** The answer, if it has one of the fields: lists have theirs where they are empty too. */
export function listAnswer<T>(answer: T, what: string, ...fields: string[]): T {
  const isMap = typeof answer === 'object' && answer !== null;
  if (isMap && fields.some((field) => Object.hasOwn(answer, field))) return answer;
  throw new UnreadableAnswerError(`${what}: the answer is no list; is this a Kubernetes API server?`);
}
