import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isDnsLabel } from '../registry/object-names.ts';

/** Of what makes pods: its name becomes a part of their names and of their hosts'. */
export function nameWarnings({ metadata }: Unstructured): string[] {
  const texts = isDnsLabel(metadata.name ?? '');
  const text =
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
  return texts.length > 0 ? [`${text}: [${texts.join(' ')}]`] : [];
}
