import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { type PodTemplate, validateTemplate } from './workload-templates.ts';

/** PodTemplates. Source: core/validation, registry/core/podtemplate. */

const templateOf = (object: Unstructured): PodTemplate => (object['template'] ?? {}) as PodTemplate;

export const podTemplateStrategy: Strategy = {
  returnsDeletedObject: true,
  validate: (object) => validateTemplate(templateOf(object), 'template'),
  warningsOf: (object) => podWarnings(templateOf(object), 'template'),
};
