import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { schemaCauses, warnOfFinalizers } from './decode-object.ts';
import { hasGeneration, hasStatus, raisesGeneration } from './generation.ts';
import { causesOfChangedMetadata } from './metadata-causes.ts';
import { withSameAmounts } from './same-amounts.ts';
import { copyField, onlyStatus, statusAndMetadata } from './subresource-rules.ts';
import { admit, checkPolicies, checkValid, type WriteRequest } from './write-request.ts';

/** What an update comes to is completed, admitted and checked. Changes `next`. Throws 403, 422 and what a policy or a kind says. */
export async function settleUpdate(
  request: WriteRequest,
  next: Unstructured,
  old: Unstructured,
  { isMetadataKept = false }: { isMetadataKept?: boolean } = {},
): Promise<void> {
  const { strategy, target, write } = request;
  restrict(request, next, old);
  const isOfAmounts = target.definition.source === 'builtin' && hasGeneration(target.definition);
  const compared = isOfAmounts ? withSameAmounts(old, next) : old;
  const isCounted = write.subresource !== 'status' && strategy.generation !== 'none';
  if (isCounted && raisesGeneration(target.definition, next, compared))
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  await admit(request, 'UPDATE', next, old);
  checkValid(request, target.name, [
    ...(isMetadataKept ? [] : causesOfChangedMetadata(request, next.metadata, old.metadata)),
    ...schemaCauses(request, next, old),
    ...strategyCauses(request, next, compared),
  ]);
  if (write.subresource === '') checkValid(request, target.name, strategy.validateReading?.(next, old, write) ?? []);
  if (WARNED.includes(write.subresource)) warn(request, next, old);
  await checkPolicies(request, 'UPDATE', next, old);
}

/** Through these the whole object is written. */
const WARNED = ['', 'scale'];

/** Of kinds that count their changes only a change is warned of. */
function warn(request: WriteRequest, next: Unstructured, old: Unstructured): void {
  warnOfFinalizers(request, next, old.metadata.finalizers);
  const { generation } = next.metadata;
  if (generation === undefined || generation !== old.metadata.generation)
    for (const text of request.strategy.warningsOf?.(next, old) ?? []) request.context.warnings.push(text);
}

function strategyCauses(request: WriteRequest, next: Unstructured, old: Unstructured): StatusCause[] {
  const rights = request.strategy.validateRights?.(next, old, request.write) ?? [];
  return [...rights, ...ownCauses(request, next, old)];
}

function ownCauses({ strategy, write }: WriteRequest, next: Unstructured, old: Unstructured): StatusCause[] {
  if (write.subresource !== '') return strategy.validateSubresource?.(next, old, write.subresource) ?? [];
  const [own, change] = [strategy.validate?.(next) ?? [], strategy.validateUpdate?.(next, old) ?? []];
  return strategy.validatesUpdateFirst ? [...change, ...own] : [...own, ...change];
}

/** What of the object this endpoint may change: the main one everything but status, `status` nothing else, others as the kind says. */
function restrict({ target, strategy, write }: WriteRequest, next: Unstructured, old: Unstructured): void {
  const rule = strategy.subresources?.[write.subresource];
  if (rule) rule(next, old, write);
  else if (write.subresource === 'status') {
    if (target.definition.source === 'crd') onlyStatus(next, old);
    else statusAndMetadata(next, old, strategy.fixedInStatus);
  } else if (write.subresource === '') {
    if (hasStatus(target.definition)) copyField(next, old, 'status');
    strategy.prepareForUpdate?.(next, old, write);
  }
}
