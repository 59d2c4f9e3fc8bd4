import type { CredentialCheck } from '../authn/credential-check.ts';
import type { Handler, Middleware, RequestContext, ServerResponse, VerifiedCertificate } from '../request.ts';
import { isLongRunning } from './long-running.ts';
import { isStream, onceEnded } from './stream-end.ts';

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
    if (isStream(response)) return { ...response, body: onceEnded(response.body, life.forget) };
    life.forget();
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
