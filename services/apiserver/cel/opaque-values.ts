import type { Opaque } from './cel-value.ts';

/** Values of the libraries' own types: which are equal, and their texts. */

export const URL_TYPE = 'kubernetes.URL';
export const IP_TYPE = 'net.IP';
export const CIDR_TYPE = 'net.CIDR';
export const QUANTITY_TYPE = 'kubernetes.Quantity';
export const SEMVER_TYPE = 'kubernetes.Semver';
export const FORMAT_TYPE = 'kubernetes.NamedFormat';

/** Made of texts that are the same for equal values. */
interface Written {
  text: string;
}

const isWritten = (value: unknown): value is Written => typeof value === 'object' && value !== null && 'text' in value;

const writtenAs = ({ value }: Opaque): string | undefined => (isWritten(value) ? value.text : undefined);

/** Zero of equal ones. */
export const compareOpaque = (a: Opaque, b: Opaque): number =>
  a.value === b.value || (writtenAs(a) !== undefined && writtenAs(a) === writtenAs(b)) ? 0 : 1;

/** Of those that `string()` takes. */
export const opaqueText = (value: Opaque): string | undefined =>
  value.type === IP_TYPE || value.type === CIDR_TYPE ? writtenAs(value) : undefined;

/** In characters, of what was a text. */
export const opaqueLength = (value: Opaque): number => writtenAs(value)?.length ?? 0;
