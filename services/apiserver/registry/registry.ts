import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { Storage } from '../../storage/backend.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { secondsText } from '../types/plain-time.ts';
import type { ResourceCatalog, ResourceDefinition } from '../types/resource-definition.ts';

/** What the handlers of all verbs share. Everything in it is given; nothing here opens a file or reads the system's clock. */
export interface Registry {
  storage: Storage;
  catalog: ResourceCatalog;
  clock: Clock;
  /** Run in order before a write, after the object is complete; one throws to refuse it. */
  admission: readonly AdmissionCheck[];
  /** For rights that depend on what is written. */
  authorize: Authorizer;
  /** Asked after all others, when the object is known to be valid; absent: nobody is. */
  policies?: AdmissionCheck;
  /** For kinds of rbac.authorization.k8s.io: throws 403 when the writer would grant more than they have. */
  checkEscalation: EscalationCheck;
  log: Logger;
}

/** Time as a dependency; `shared/controller/clock.ts` fits. */
export interface Clock {
  now(): number;
  setTimeout(task: () => void, delayMs: number): () => void;
}

/** The part of a logger that handlers need. */
export interface Logger {
  warn(fields: object, message: string): void;
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

export interface AdmissionContext {
  user: UserInfo;
  definition: ResourceDefinition;
  /** Of what is written, where a subresource has one of its own; absent: the definition's. */
  kind?: GroupVersionKind;
  operation: Operation;
  subresource: string;
  namespace: string;
  name: string;
  dryRun: boolean;
  /** For a Warning header. */
  warn(text: string): void;
  /** For the audit log: who was first to use a key is heard. Absent: there is none. */
  annotate?(key: string, value: string): void;
}

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export type AdmissionCheck = (
  context: AdmissionContext,
  object: Unstructured | undefined,
  old: Unstructured | undefined,
) => void | Promise<void>;

/** `name`: as the URL has it, none in that of a collection. */
export type EscalationCheck = (
  request: { user: UserInfo; name: string },
  object: Unstructured,
  old: Unstructured | undefined,
) => void | Promise<void>;

/** RFC 3339 in whole seconds, as metav1.Time is written. Writes of one second have the same. */
export function timestamp(nowMs: number): string {
  const second = Math.floor(nowMs / 1000);
  if (second !== last.second) last = { second, text: secondsText(nowMs) };
  return last.text;
}

let last = { second: Number.NaN, text: '' };
