import type { CredentialCheck } from '../authn/credential-check.ts';
import type { Handler, Middleware, RequestContext, ServerResponse, VerifiedCertificate } from '../request.ts';
import { isLongRunning } from './long-running.ts';

/** A watch ends when the certificate that it was opened with is refused; the next request then gets 401. */
export function newCredentialEnd(check: CredentialCheck): Middleware {
  return (context, next) => {
    const { clientCertificate } = context.request;
    if (!clientCertificate || !isLongRunning(context.info)) return next(context);
    return answerUntil(newLife(check, clientCertificate, context.signal()), context, next);
  };
}

async function answerUntil(life: Life, context: RequestContext, next: Handler): Promise<ServerResponse> {
  try {
    context.signal = () => life.signal;
    const response = await next(context);
    if (!isStream(response.body)) life.forget();
    else return { ...response, body: followed(response.body, life.forget) };
    return response;
  } catch (error) {
    life.forget();
    throw error;
  }
}

interface Life {
  signal: AbortSignal;
  forget(): void;
}

/** A signal that aborts with the request's or when the certificate is refused. */
function newLife(check: CredentialCheck, certificate: VerifiedCertificate, requestSignal: AbortSignal): Life {
  const ending = new AbortController();
  const leave = (): void => ending.abort(requestSignal.reason);
  const look = (): void => {
    if (check.refusal(certificate) !== undefined) ending.abort(new Error('the credential has ended'));
  };
  const stopListening = check.onChange(certificate, look);
  requestSignal.addEventListener('abort', leave, { once: true });
  if (requestSignal.aborted) leave();
  const forget = (): void => {
    stopListening();
    requestSignal.removeEventListener('abort', leave);
  };
  ending.signal.addEventListener('abort', forget, { once: true });
  return { signal: ending.signal, forget };
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** The same stream; `done` when it ends or is given up, even before the first read. */
function followed(body: AsyncIterable<Uint8Array>, done: () => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      const reading = body[Symbol.asyncIterator]();
      return {
        next: async () => {
          const result = await reading.next();
          if (result.done) done();
          return result;
        },
        return: async () => {
          done();
          await reading.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
