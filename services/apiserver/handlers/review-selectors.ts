import type { ResourceAttributes, SelectorAttributes } from '../../../shared/apis/authorization/v1.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { parseLabelSelector } from '../registry/label-selector.ts';
import { isLabelValue, isQualifiedName } from '../registry/object-names.ts';
import { validateSelectorRequirement } from '../resources/validate-label-selector.ts';
import { invalid, required } from '../types/field-error.ts';

/**
 * The selectors of a question about access. RBAC knows none of them, so they decide nothing; what is wrong with them is told as upstream tells it.
 * Source: pkg/apis/authorization/validation, pkg/registry/authorization/util.
 */
export function selectorCauses(attributes: ResourceAttributes | undefined): StatusCause[] {
  return [
    ...causesOf(attributes?.fieldSelector, 'spec.resourceAttributes.fieldSelector', false),
    ...causesOf(attributes?.labelSelector, 'spec.resourceAttributes.labelSelector', true),
  ];
}

function causesOf(selector: SelectorAttributes | undefined, field: string, isOfLabels: boolean): StatusCause[] {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector;
  const needed = `when ${field} is specified, requirements or rawSelector is required`;
  return [
    ...(rawSelector !== '' && requirements.length > 0
      ? [invalid(`${field}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')]
      : []),
    ...(rawSelector === '' && requirements.length === 0 ? [required(`${field}.requirements`, needed)] : []),
    ...requirements.flatMap((requirement, index) =>
      validateSelectorRequirement(requirement, `${field}.requirements[${index}]`, isOfLabels ? 'labels' : 'fields'),
    ),
  ];
}

/** What an answer says of selectors that can't be understood; undefined: all can. */
export function selectorError({ fieldSelector, labelSelector }: ResourceAttributes): string | undefined {
  const errors = [
    ...ignored('fieldSelector', fieldSelector, { raw: isFieldSelector, one: isFieldRequirement }),
    ...ignored('labelSelector', labelSelector, { raw: isLabelSelector, one: isLabelRequirement }),
  ];
  return errors.length > 0 ? errors.join('; ') : undefined;
}

type Requirement = NonNullable<SelectorAttributes['requirements']>[number];

interface Understood {
  raw: (text: string) => boolean;
  one: (requirement: Requirement) => boolean;
}

function ignored(name: string, selector: SelectorAttributes | undefined, { raw, one }: Understood): string[] {
  const { rawSelector = '', requirements = [] } = selector ?? {};
  const good = requirements.filter(one).length;
  if (rawSelector === '' ? good === requirements.length : raw(rawSelector)) return [];
  const part = rawSelector === '' && good > 0 ? 'partially ' : '';
  return [`spec.resourceAttributes.${name} ${part}ignored due to parse error`];
}

const isFieldSelector = (text: string): boolean =>
  text.split(/(?<!\\),/).every((term) => term === '' || term.includes('='));

const isFieldRequirement = ({ operator, values = [] }: Requirement): boolean =>
  ['In', 'NotIn'].includes(operator) && values.length === 1;

function isLabelSelector(text: string): boolean {
  try {
    parseLabelSelector(text);
    return true;
  } catch {
    return false;
  }
}

const isLabelRequirement = ({ key, operator, values = [] }: Requirement): boolean =>
  ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator) &&
  isQualifiedName(key).length === 0 &&
  values.every((value) => isLabelValue(value).length === 0);
