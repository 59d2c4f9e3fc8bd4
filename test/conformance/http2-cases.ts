/** All that is sent frame by frame in HTTP/2. */

import type { Exchange } from './http2-exchange.ts';
import { http2FrameGroups, LAST_STREAM } from './http2-frame-cases.ts';
import { headers } from './http2-frames.ts';
import { fieldsOf, http2HeadGroups } from './http2-head-cases.ts';

/** By what they are about; each is sent on a connection of its own, with a usual request behind it. */
export const http2Groups: Readonly<Record<string, Readonly<Record<string, Exchange>>>> = {
  ...http2HeadGroups,
  ...http2FrameGroups,
};

/** It shows whether the connection goes on. */
const last = headers(fieldsOf({ ':path': '/api/v1/namespaces/last' }), { stream: LAST_STREAM });

/** What is sent for a case. */
export const wholeExchange = (exchange: Exchange): Exchange =>
  exchange.isBare ? exchange : { ...exchange, sent: [...exchange.sent, last] };
