/** What the commands of a day's work are given. */

const shop = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web, part: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: "web:1", ports: [{containerPort: 80}]}
      - {name: side, image: "side:1"}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {part: shop}}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {part: shop}}
data: {colour: red}
`;

const pair = `apiVersion: v1
kind: ConfigMap
metadata: {name: one, labels: {pair: "yes"}}
data: {a: "1"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: two, labels: {pair: "yes"}}
data: {b: "2"}
`;

const role = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: clerk, namespace: making}
rules:
- {apiGroups: [""], resources: [configmaps], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: clerk, namespace: making}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: clerk}
subjects:
- {kind: ServiceAccount, name: clerk}
`;

const pod = `apiVersion: v1
kind: Pod
metadata: {name: one, labels: {app: web}}
spec:
  containers: [{name: app, image: "i:1"}]
`;

const request = `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: desk}
spec:
  request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIak1JR0tBZ0VBTUNneEVEQU9CZ05WQkFvTUIyVjRZVzF3YkdVeEZEQVNCZ05WQkFNTUMyTnZibVp2Y20xaApibU5sTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFQzVlZGVPMUsvcVFQazZNajdPNEJ2WTVZCm1MS3l2YzRJdFJzZGl1NDl3Wk55NWt0U1hBYnB2WTg0ODVDWGQyZ1JqVjNYWXBWVkZWTUtTVXdIaTgzRlVxQUEKTUFvR0NDcUdTTTQ5QkFNQ0EwZ0FNRVVDSUFmWlQyakFXbEI2WStDSTlFWkdpbFpOa01QeEhQWk5EczlTakpHUAptZ3BjQWlFQTlpRlMzQUhNd0dpQjk4OURMQnMyZHZDb09LcmxFMmMvalUyeTNMVmpiWFU9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=
  signerName: example.com/signer
  usages: [client auth]
`;

export const deskFiles: Readonly<Record<string, string>> = {
  'desk.yaml': shop,
  'desk-lesser.yaml': shop.slice(0, shop.lastIndexOf('---')),
  'desk-moved.yaml': shop.replace('replicas: 2', 'replicas: 5').replace('web:1', 'web:7'),
  'pair.yaml': pair,
  'single.yaml': pair.slice(0, pair.indexOf('---')),
  'clerk.yaml': role,
  'pod.yaml': pod,
  'request.yaml': request,
  'kustomization.yaml': 'resources: [single.yaml]\nnamePrefix: k-\ncommonLabels: {made: kustomize}\n',
};
