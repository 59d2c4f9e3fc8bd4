/** A document of OpenAPI or discovery as it is compared: without what is meant to differ (in words in intended-differences.md). */

import type { Json } from '../normalise.ts';

type Fields = { [name: string]: Json };

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The table of types holds names and types, not texts. */
function withoutTexts(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([name, part]) => name !== 'description' || typeof part !== 'string');
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutTexts(part)]));
}

const RUNNING_PART = /\/(attach|exec|log|portforward|proxy)(\/\{path\})?$/;

/** What is told once and nobody refers to is told for the parts of running pods. */
function withoutUnused(document: Fields): Fields {
  const { parameters, ...rest } = document;
  if (!isFields(parameters)) return document;
  const text = JSON.stringify(rest);
  const used = Object.entries(parameters).filter(([name]) => text.includes(`"#/parameters/${name}"`));
  return { ...rest, parameters: Object.fromEntries(used) };
}

function withoutRunningParts(document: Fields): Fields {
  const { paths } = document;
  if (!isFields(paths)) return document;
  const kept = Object.entries(paths).filter(([path]) => !RUNNING_PART.test(path));
  return withoutUnused({ ...document, paths: Object.fromEntries(kept) });
}

export function comparedDocument(body: string): Json {
  const document = withoutTexts(JSON.parse(body) as Json);
  return isFields(document) ? withoutRunningParts(document) : document;
}
