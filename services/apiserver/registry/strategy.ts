import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import type { NameRule } from './object-names.ts';
import type { Registry } from './registry.ts';
import type { FixedMetadata } from './subresource-rules.ts';

/**
 * What differs per kind, in the words of upstream's strategies. Everything is optional; a kind that differs in nothing has none. The `prepare…` functions change
 * their object in place.
 */
export interface Strategy {
  nameRule?: NameRule;
  /** `none`: although kinds of its sort have a generation, this one has not. */
  generation?: 'none';
  /** PUT and PATCH of something that does not exist creates it. */
  allowsCreateOnUpdate?: boolean;
  /** So do PUT and apply of its status. */
  createsThroughStatus?: boolean;
  /** PUT without resourceVersion is refused when false. Absent: true for built-in kinds. */
  allowsUnconditionalUpdate?: boolean;
  /** The status of the body of a create counts (nodes). */
  keepsStatusOnCreate?: boolean;
  /** DELETE answers with the object instead of a Status. */
  returnsDeletedObject?: boolean;
  prepareForCreate?(object: Unstructured, write: WriteContext): void;
  prepareForUpdate?(object: Unstructured, old: Unstructured, write: WriteContext): void;
  /** What the writer lacks a right to say, besides that to write; told before what else is wrong. Through all endpoints that `old` is of. */
  validateRights?(object: Unstructured, old: Unstructured | undefined, write: WriteContext): StatusCause[];
  /** What the writer may not read and would, through what the object names; asked when nothing is wrong with it, and not of its subresources. */
  validateReading?(object: Unstructured, old: Unstructured | undefined, write: WriteContext): StatusCause[];
  validate?(object: Unstructured): StatusCause[];
  /** What is wrong with a new object besides. */
  validateCreate?(object: Unstructured): StatusCause[];
  /** Texts for Warning headers: about something that is valid and probably not what was meant. */
  warningsOf?(object: Unstructured, old?: Unstructured): string[];
  /** Those about what can't be changed any more come only when it is made, and first. */
  warningsOfNew?(object: Unstructured): string[];
  /** What is wrong with the metadata of a new object is told only when nothing else is. */
  validatesMetadataLast?: boolean;
  /** What `validate` says about an update comes after this instead of before. */
  validatesUpdateFirst?: boolean;
  validateUpdate?(object: Unstructured, old: Unstructured): StatusCause[];
  /** Storage can't tell an empty list from none; an object that goes with the write is answered as it came. */
  beforeStoring?(object: Unstructured): void;
  /** Subresources whose PUT and PATCH take the whole object: what of it counts. Changes `object`, which starts as the client sent it. */
  subresources?: Record<string, (object: Unstructured, old: Unstructured, write: WriteContext) => void>;
  /** Metadata that can't be changed through `status`; absent: all of it can, as most kinds have it upstream. */
  fixedInStatus?: readonly FixedMetadata[];
  /** After a write through a subresource. */
  validateSubresource?(object: Unstructured, old: Unstructured, subresource: string): StatusCause[];
  /** Throws when the object may not be deleted. */
  checkDelete?(object: Unstructured): void;
  /** The first delete of an object, before it is marked: changes it. */
  prepareForDelete?(object: Unstructured, nowMs: number): void;
  /** Deletion has no grace period, not even of 0, and raises no generation. */
  deletesPlainly?: boolean;
  /** Nothing is owned by such objects, so what is to become of dependents is not asked. */
  hasNoDependents?: boolean;
  /** How long a delete waits, from what was asked for; absent: not at all. */
  graceSeconds?(object: Unstructured, asked: number | undefined): number;
  /** The object is marked for deletion, and more deletes change nothing of it. */
  isHeldAsMarked?(object: Unstructured): boolean;
  /** A delete that must not remove the object yet (a namespace with content): changes it and returns true. */
  holdDeletion?(object: Unstructured, nowMs: number): boolean;
}

export interface WriteContext {
  registry: Registry;
  user: UserInfo;
  definition: ResourceDefinition;
  subresource: string;
  /** As which the request was authorized: an apply that creates has `patch`. */
  verb: string;
  /** Of the request; empty for what is in none. */
  namespace: string;
  nowMs: number;
  /** What to undo when the write has ended, whether it stored anything or not. */
  whenDone?: (release: () => void) => void;
  /** Nothing will be stored; absent: it will. */
  isDryRun?: boolean;
}
