import type { ManagedFieldsEntry, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Schema, SchemaResolver } from '../../../shared/apis/schema.ts';

/** The pure functions of patching and server-side apply: objects in, objects out, no I/O, no clock but the given time. */

export interface TypedSchema {
  schema: Schema;
  resolve: SchemaResolver;
}

/** The object as another version has it, in which its owners know its fields. */
export interface OtherForm extends TypedSchema {
  convert(object: Unstructured): Unstructured;
}

/** By apiVersion. Of one that is not among them, owners see the object as it is. */
export type OtherForms = ReadonlyMap<string, OtherForm>;

/** Fields that the request can't change and therefore does not come to own: paths of field names, with all that is below. */
export type IgnoredFields = readonly (readonly string[])[];

export interface ApplyRequest extends TypedSchema {
  /** What is stored, managedFields included; absent: the apply creates it. */
  live: Unstructured | undefined;
  /** The applied configuration, already validated; has no managedFields. */
  applied: Unstructured;
  manager: string;
  force: boolean;
  /** `''` or e.g. `status`. */
  subresource: string;
  /** RFC 3339, seconds. */
  now: string;
  /** E.g. `[['status']]` for the main resource of a kind with a status subresource. */
  ignored?: IgnoredFields;
  forms?: OtherForms;
}

/** What a non-apply write (create, update, patch) did, so that ownership can follow it. */
export interface TrackRequest extends TypedSchema {
  before: Unstructured | undefined;
  after: Unstructured;
  manager: string;
  subresource: string;
  now: string;
  ignored?: IgnoredFields;
  forms?: OtherForms;
}

/** Thrown by apply without force. Turned into 409 with one cause a field, as upstream words it. */
export class ApplyConflictError extends Error {
  /** As many as are told. */
  readonly conflicts: readonly { manager: ManagedFieldsEntry; path: string }[];
  readonly count: number;
  constructor(conflicts: readonly { manager: ManagedFieldsEntry; path: string }[], count: number) {
    super('Apply failed');
    this.name = 'ApplyConflictError';
    this.conflicts = conflicts;
    this.count = count;
  }
}
