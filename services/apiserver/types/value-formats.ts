/**
 * The formats of string values that custom resource validation checks. Others are ignored, as upstream does (the list is that of
 * Kubernetes' documentation of CustomResourceDefinition validation).
 */
const forms: Record<string, RegExp> = {
  'date-time': /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  ipv4: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/,
  ipv6: /^(?=.*:)[0-9a-fA-F:.]+$/,
  mac: /^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/,
  email: /^[^\s@]+@[^\s@]+$/,
  hostname: /^([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/,
  cidr: /^[0-9a-fA-F:.]+\/\d{1,3}$/,
  duration: /^[+-]?(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w)\s*)+$/,
};

/** What is wrong with the text, as upstream words it; undefined if nothing is. */
export function formatError(text: string, format: string): string | undefined {
  const form = Object.hasOwn(forms, format) ? forms[format] : undefined;
  return !form || form.test(text) ? undefined : `must be of type ${format}: ${JSON.stringify(text)}`;
}
