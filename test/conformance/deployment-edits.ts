/** Single changes of a Deployment, right and wrong, as merge patches. */

type Body = Record<string, unknown>;

const container = (more: Body) => ({ template: { spec: { containers: [{ name: 'app', image: 'i:1', ...more }] } } });

export const deploymentEdits: Body[] = [
  { spec: { replicas: 2 } },
  { spec: { replicas: 0 } },
  { spec: { replicas: -1 } },
  { spec: { replicas: 'two' } },
  { spec: { replicas: 1.5 } },
  { spec: { replicas: null } },
  { spec: { paused: true } },
  { spec: { minReadySeconds: 5 } },
  { spec: { minReadySeconds: 700 } },
  { spec: { strategy: { type: 'Recreate' } } },
  { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } },
  { spec: { strategy: { type: 'Sideways' } } },
  { spec: { strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } } } },
  { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
  { spec: { selector: { matchLabels: { app: 'y' } } } },
  { spec: { template: { metadata: { labels: { app: 'z' } } } } },
  { spec: { template: { metadata: { annotations: { note: 'x' } } } } },
  { spec: container({ image: 'i:2' }) },
  { spec: container({ image: '' }) },
  { spec: container({ imagePullPolicy: 'Sometimes' }) },
  { spec: container({ ports: [{ containerPort: 80 }] }) },
  { spec: container({ ports: [{ containerPort: 0 }] }) },
  {
    spec: container({
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    }),
  },
  { spec: container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }) },
  { spec: container({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } } }) },
  { spec: container({ resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }) },
  { spec: container({ resources: { limits: { cpu: 'much' } } }) },
  { spec: container({ livenessProbe: { httpGet: { port: 80 } } }) },
  { spec: container({ volumeMounts: [{ name: 'missing', mountPath: '/x' }] }) },
  { spec: container({ name: 'Bad_Name' }) },
  { spec: { template: { spec: { containers: [] } } } },
  { spec: { template: { spec: { restartPolicy: 'Never' } } } },
  {
    spec: {
      template: {
        spec: {
          volumes: [
            { name: 'v', emptyDir: {} },
            { name: 'c', configMap: { name: 'c' } },
          ],
        },
      },
    },
  },
  { spec: { template: { spec: { volumes: [{ name: 'v' }] } } } },
  { spec: { template: { spec: { hostNetwork: true } } } },
  { spec: { template: { spec: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'a', operator: 'Exists' }] } } } },
  { spec: { unknown: true } },
  { spec: { template: { spec: { initContainers: [{ name: 'init', image: 'i' }] } } } },
];
