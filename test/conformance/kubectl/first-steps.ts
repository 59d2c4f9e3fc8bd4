/** What is done with kubectl, one after the other, and the files that it is done with. */

const shop = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: "web:1", ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: red, size: "5"}
`;

const widget = `apiVersion: conformance.example.com/v1
kind: Widget
metadata: {name: first}
spec: {size: 3, mode: fast}
`;

export const firstFiles: Readonly<Record<string, string>> = {
  'shop.yaml': shop,
  'changed.yaml': shop.replace('replicas: 2', 'replicas: 3').replace('red', 'blue'),
  'wrong.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong}\nnonsense: true\n',
  'invalid.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not Valid}\n',
  'unknown.yaml': 'apiVersion: example.com/v1\nkind: Nothing\nmetadata: {name: x}\n',
  'widget.yaml': widget,
  'editor.sh': '#!/bin/sh\nsed -i s/blue/green/ "$1"\n',
};

export const firstSteps: readonly string[] = [
  'kubectl get configmaps',
  'kubectl get nothing',
  'kubectl create -f shop.yaml',
  'kubectl create -f shop.yaml',
  'kubectl delete -f shop.yaml',
  'kubectl apply -f shop.yaml',
  'kubectl apply -f shop.yaml',
  'kubectl diff -f changed.yaml',
  'kubectl apply -f changed.yaml --dry-run=server',
  'kubectl apply -f changed.yaml',
  'kubectl apply -f wrong.yaml',
  'kubectl apply -f wrong.yaml --validate=ignore',
  'kubectl apply -f wrong.yaml --validate=warn',
  'kubectl apply -f invalid.yaml',
  'kubectl apply -f unknown.yaml',
  'kubectl apply --server-side -f shop.yaml',
  'kubectl apply --server-side --force-conflicts -f changed.yaml',
  'kubectl get deployments,services,configmaps web settings',
  'kubectl get deployments web',
  'kubectl get deployments -o wide',
  'kubectl get services web --show-labels',
  'kubectl get configmap settings -o yaml',
  'kubectl get configmap settings -o json',
  'kubectl get deployment web -o yaml',
  'kubectl get configmap settings -o jsonpath={.data.colour}',
  'kubectl get configmap settings -o custom-columns=NAME:.metadata.name,COLOUR:.data.colour',
  'kubectl get configmaps -o name --field-selector metadata.name=settings',
  'kubectl get configmaps --field-selector data.x=1',
  'kubectl get namespaces default',
  // kubectl prints a ConfigMap's data in the random order in which Go walks a map.
  'kubectl describe configmap settings | sort',
  'kubectl describe service web',
  'kubectl describe deployment web',
  'kubectl describe namespace default',
  'kubectl edit configmap settings',
  'kubectl get configmap settings -o jsonpath={.data.colour}',
  'kubectl patch configmap settings --type=merge -p \'{"data":{"size":"6"}}\'',
  'kubectl patch deployment web -p \'{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"web:2"}]}}}}\'',
  'kubectl patch configmap settings --type=json -p \'[{"op":"remove","path":"/data/none"}]\'',
  'kubectl label configmap settings team=a',
  'kubectl label configmap settings team=b',
  'kubectl label configmap settings team=b --overwrite',
  'kubectl label configmap settings "team=no good"  --overwrite',
  'kubectl annotate configmap settings note=x',
  'kubectl annotate configmap settings note-',
  'kubectl get configmaps -l team=b',
  'kubectl scale deployment web --replicas=4',
  'kubectl scale deployment web --replicas=1 --current-replicas=9',
  'kubectl set image deployment/web app=web:3',
  'kubectl rollout history deployment web',
  'kubectl rollout pause deployment web',
  'kubectl rollout resume deployment web',
  'kubectl rollout restart deployment web',
  'kubectl rollout status deployment web --timeout=4s',
  'kubectl replace -f changed.yaml',
  'kubectl wait --for=condition=Available deployment/web --timeout=4s',
  'kubectl wait --for=jsonpath={.spec.replicas}=3 deployment/web --timeout=30s',
  'kubectl create configmap literal --from-literal=a=b',
  'kubectl create secret generic hidden --from-literal=a=b',
  'kubectl describe secret hidden',
  'kubectl create namespace extra',
  'kubectl create serviceaccount robot',
  'kubectl create role reader --verb=get,list --resource=pods',
  'kubectl create rolebinding reader --role=reader --serviceaccount=default:robot',
  'kubectl describe role reader',
  'kubectl describe rolebinding reader',
  'kubectl auth can-i create deployments',
  'kubectl auth can-i list pods --as=system:serviceaccount:default:robot',
  'kubectl auth can-i delete pods --as=system:serviceaccount:default:robot',
  'kubectl auth can-i get pods --as=nobody',
  'kubectl auth whoami -o jsonpath={.status.userInfo.groups}',
  'kubectl explain configmap.immutable | head -4',
  'kubectl explain widget.spec.size',
  'kubectl api-resources --api-group=conformance.example.com',
  'kubectl api-resources --api-group=apps',
  'kubectl api-resources --namespaced=false -o name | sort',
  'kubectl apply -f widget.yaml',
  'kubectl get widgets',
  'kubectl get wd -o wide',
  'kubectl get all -l app=web',
  'kubectl describe widget first',
  'kubectl delete widget first',
  'kubectl delete configmap settings literal wrong --ignore-not-found',
  'kubectl delete configmap settings',
  'kubectl delete deployment web --cascade=background',
  'kubectl delete service web --dry-run=server',
  'kubectl delete service web',
  'kubectl delete secrets --all',
];
