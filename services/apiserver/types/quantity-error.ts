import { MOST_DIGITS, parseQuantity } from '../../../shared/apis/quantity.ts';

/** What Go says of a text that is to be a quantity and is none. */
export const QUANTITY_RULE =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_RULE = "unable to parse quantity's suffix";
const TOO_LONG = `quantities must not have more than ${MOST_DIGITS} digits`;

/** Of nearly all that are written; they need not be reckoned out. */
const PLAIN = /^[+-]?\d{1,18}(?:\.\d{0,18})?(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?$/;
const FORM = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE]([+-]?\d+))?$/;

/** Undefined if it is a quantity. */
export function quantityError(text: string): string | undefined {
  if (PLAIN.test(text) || parseQuantity(text)) return undefined;
  const [form, exponent = '0'] = FORM.exec(text) ?? [];
  if (form === undefined) return QUANTITY_RULE;
  return Math.abs(Number(exponent)) < 2 ** 63 ? TOO_LONG : SUFFIX_RULE;
}
