/** A pod's spec around what a case is about. */

export type Fields = Record<string, unknown>;

const base = { name: 'c', image: 'i:1' };
export const container = (...fields: Fields[]): Fields => ({
  containers: fields.map((own, index) => ({ ...base, ...(index > 0 ? { name: `c${index}` } : {}), ...own })),
});
export const mounted = (mount: Fields, more: Fields = {}): Fields => ({
  volumes: [{ name: 'v', emptyDir: {} }],
  ...container({ volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }], ...more }),
});
