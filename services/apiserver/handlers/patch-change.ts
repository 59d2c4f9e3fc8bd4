import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { jsonPatch } from '../merge/json-patch.ts';
import { mergePatch } from '../merge/merge-patch.ts';
import { strategicMergePatch } from '../merge/strategic-merge-patch.ts';
import { checkWritten } from '../registry/number-marks.ts';
import type { WriteRequest } from '../registry/write-request.ts';
import { checkPlace, convertedDocument, decodedDocument } from './patched-object.ts';
import { readJsonPatch, readMergePatch, readStrategicPatch } from './read-patch.ts';

/** What the stored object becomes. Throws 400, 413, 422. */
export type Change = (old: Unstructured) => Unstructured;

export type PatchWay = 'json' | 'merge' | 'strategic';

/** The patch is read when the object is there: who patches what is not there is told so first. */
export function patching(request: WriteRequest, way: PatchWay, body: Uint8Array): Change {
  const text = Buffer.from(body).toString();
  return (old) => {
    if (way !== 'strategic' && request.target.definition.source === 'builtin')
      checkWritten(text, (marked) => WAYS[way](quiet(request), old, marked));
    const next = WAYS[way](request, old, text);
    checkPlace(request, next);
    return next;
  };
}

/** Tells nobody of what is odd about the patch. */
const quiet = (request: WriteRequest): WriteRequest => ({
  ...request,
  options: { ...request.options, fieldValidation: 'Ignore' },
});

const WAYS: Record<PatchWay, (request: WriteRequest, old: Unstructured, text: string) => Unstructured> = {
  json(request, old, text) {
    const { patch, findings } = readJsonPatch(text, request.options.fieldValidation);
    return decodedDocument(request, jsonPatch(old, patch), { findings, text });
  },
  merge(request, old, text) {
    const { patch, findings } = readMergePatch(text, request.options.fieldValidation);
    return decodedDocument(request, mergePatch(old, patch), { findings, text });
  },
  strategic(request, old, text) {
    const { patch, findings } = readStrategicPatch(text, request.options.fieldValidation);
    const document = strategicMergePatch(old, patch, request.target.definition);
    return convertedDocument(request, { document, old, patch, findings });
  },
};
