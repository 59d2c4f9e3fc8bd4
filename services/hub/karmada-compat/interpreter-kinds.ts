import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';

/** The two kinds of config.karmada.io that a karmada-agent lists before it starts to work. There are none on this hub; nothing reads them. */
const GROUP = 'config.karmada.io';

export const INTERPRETER_KINDS: readonly CustomResourceDefinition[] = [
  newKind('ResourceInterpreterCustomization', 'ric'),
  newKind('ResourceInterpreterWebhookConfiguration'),
];

function newKind(kind: string, shortName?: string): CustomResourceDefinition {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const names = { plural, singular, kind, listKind: `${kind}List`, categories: ['karmada-io'] };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: shortName ? { ...names, shortNames: [shortName] } : names,
      scope: 'Cluster',
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}
