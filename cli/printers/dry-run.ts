import { dump } from 'js-yaml';
import { CONDITION_DRY_RUN, type DryRunAnswer, type Work } from '../../shared/apis/work/v1alpha1.ts';
import { printable, printableLine } from '../../shared/process/printable.ts';

const WORDS: Record<DryRunAnswer['result'], string> = {
  Created: 'would be created',
  Changed: 'would be changed',
  Unchanged: 'is as it should be',
  Refused: 'would be refused',
};

/** An object a paragraph: what would become of it, and each field with `-` before what is and `+` before what would be. Then what the agent had no room to say. */
export function printDryRun({ status }: Work): string {
  const statuses = [...(status?.manifestStatuses ?? [])].sort((a, b) => a.identifier.ordinal - b.identifier.ordinal);
  const { message: leftOut } = status?.conditions?.find(({ type }) => type === CONDITION_DRY_RUN) ?? {};
  const objects = statuses
    .map(({ identifier: { kind, namespace, name }, status: told }) => {
      const { result, message, changes = [] } = told as unknown as DryRunAnswer;
      const title = `${kind} ${namespace ? `${namespace}/` : ''}${name} ${WORDS[result]}`;
      return `${printableLine(`${title}${message ? `: ${message}` : ''}`)}\n${changes.map(changeLines).join('')}`;
    })
    .join('');
  return leftOut ? `${objects}${leftOut}\n` : objects;
}

function changeLines({ field, before, after }: NonNullable<DryRunAnswer['changes']>[number]): string {
  return `  ${printableLine(field)}\n${valueLines('-', before)}${valueLines('+', after)}`;
}

function valueLines(sign: string, value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : dump(value, { lineWidth: -1 }).trimEnd();
  return `${printable(text).replaceAll(/^/gm, `  ${sign} `)}\n`;
}
