/** The words that CEL keeps for itself. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** After a dot such a word can be written as it is, too. */
export const isReserved = (name: string): boolean => RESERVED.has(name);

/** How rules write the name of a property; undefined for one that they cannot write. Source: Kubernetes documentation, "Validation rules". */
export function escapedName(name: string): string | undefined {
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined;
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

const WRITTEN: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** The property that rules write so; undefined where they write none so. */
export function propertyNamed(written: string): string | undefined {
  const word = /^__(.*)__$/.exec(written)?.[1];
  if (word !== undefined && RESERVED.has(word)) return word;
  const name = written.replace(/__(underscores|dot|dash|slash)__/g, (_whole, sign: string) => WRITTEN[sign] ?? '');
  return escapedName(name) === written ? name : undefined;
}
