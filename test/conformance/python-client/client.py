"""Uses an API server as Python programs do: `client.py KUBECONFIG`. Prints `ok NAME` for each check; an assertion or an exception ends it."""

import sys
import threading

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException

from machinery import check_machinery

NAMESPACE = "python-client"
TIMEOUT_SECONDS = 60


def new_map(name, data=None, labels=None):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data)


def new_deployment():
    labels = {"app": "d"}
    pod = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels),
        spec=client.V1PodSpec(containers=[client.V1Container(name="c", image="i")]),
    )
    spec = client.V1DeploymentSpec(selector=client.V1LabelSelector(match_labels=labels), template=pod)
    return client.V1Deployment(metadata=client.V1ObjectMeta(name="d"), spec=spec)


def status_of(call, *arguments):
    try:
        call(*arguments)
    except ApiException as refused:
        return refused.status
    return 200


def check_objects(core):
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
    core.create_namespaced_config_map(NAMESPACE, new_map("a", {"k": "v"}, {"x": "y"}))
    core.patch_namespaced_config_map("a", NAMESPACE, {"data": {"more": "v2"}})
    assert core.read_namespaced_config_map("a", NAMESPACE).data == {"k": "v", "more": "v2"}
    assert status_of(core.create_namespaced_config_map, NAMESPACE, new_map("a")) == 409
    assert status_of(core.read_namespaced_config_map, "none", NAMESPACE) == 404
    assert status_of(core.create_namespaced_config_map, NAMESPACE, new_map("Not Valid")) == 422
    chosen = core.list_namespaced_config_map(NAMESPACE, label_selector="x=y", field_selector="metadata.name=a")
    assert [one.metadata.name for one in chosen.items] == ["a"]


def check_workloads(apps):
    apps.create_namespaced_deployment(NAMESPACE, new_deployment())
    apps.patch_namespaced_deployment("d", NAMESPACE, {"spec": {"replicas": 3}})
    apps.patch_namespaced_deployment("d", NAMESPACE, [{"op": "replace", "path": "/spec/replicas", "value": 4}])
    assert apps.read_namespaced_deployment_scale("d", NAMESPACE).spec.replicas == 4
    apps.patch_namespaced_deployment_scale("d", NAMESPACE, {"spec": {"replicas": 5}})
    deployment = apps.read_namespaced_deployment("d", NAMESPACE)
    assert deployment.spec.replicas == 5
    deployment.metadata.annotations = {"z": "1"}
    assert apps.replace_namespaced_deployment("d", NAMESPACE, deployment).metadata.annotations == {"z": "1"}


def check_watch(core):
    """Changes that come while the watch is open, and those before it that it is told to begin with."""
    start = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    core.create_namespaced_config_map(NAMESPACE, new_map("watched"))
    watcher = watch.Watch()
    seen = []
    stream = watcher.stream(
        core.list_namespaced_config_map, NAMESPACE, resource_version=start, timeout_seconds=TIMEOUT_SECONDS
    )
    for event in stream:
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 1:
            threading.Thread(target=core.delete_namespaced_config_map, args=("watched", NAMESPACE)).start()
        if len(seen) == 2:
            watcher.stop()
    assert seen == [("ADDED", "watched"), ("DELETED", "watched")], seen


def check_dynamic(api_client):
    maps = dynamic.DynamicClient(api_client).resources.get(api_version="v1", kind="ConfigMap")
    maps.create(body={"metadata": {"name": "dyn"}, "data": {"a": "b"}}, namespace=NAMESPACE)
    maps.patch(body={"data": {"c": "d"}}, name="dyn", namespace=NAMESPACE, content_type="application/merge-patch+json")
    assert maps.get(name="dyn", namespace=NAMESPACE).to_dict()["data"] == {"a": "b", "c": "d"}


def check_custom_resources(api_client):
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    client.ApiextensionsV1Api(api_client).create_custom_resource_definition(
        {
            "metadata": {"name": "gadgets.python-client.example.com"},
            "spec": {
                "group": "python-client.example.com",
                "scope": "Namespaced",
                "names": {"plural": "gadgets", "kind": "Gadget"},
                "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
            },
        }
    )
    custom = client.CustomObjectsApi(api_client)
    place = ("python-client.example.com", "v1", NAMESPACE, "gadgets")
    body = {"apiVersion": "python-client.example.com/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": {"a": 1}}
    for _ in range(600):  # a kube-apiserver serves a new kind a moment later
        if status_of(custom.list_namespaced_custom_object, *place) == 200:
            break
        threading.Event().wait(0.05)
    custom.create_namespaced_custom_object(*place, body)
    custom.patch_namespaced_custom_object(*place, "g", {"spec": {"b": 2}})
    assert custom.get_namespaced_custom_object(*place, "g")["spec"] == {"a": 1, "b": 2}


def check_reviews(api_client):
    about = client.V1ResourceAttributes(verb="get", resource="pods")
    review = client.V1SelfSubjectAccessReview(spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=about))
    assert client.AuthorizationV1Api(api_client).create_self_subject_access_review(review).status.allowed
    assert client.VersionApi(api_client).get_code().major == "1"


def check_deletion(core):
    core.delete_namespaced_config_map("a", NAMESPACE)
    core.delete_collection_namespaced_config_map(NAMESPACE)
    left = core.list_namespaced_config_map(NAMESPACE).items
    assert {one.metadata.name for one in left} <= {"kube-root-ca.crt"}, left


def main(kubeconfig):
    api_client = config.new_client_from_config(kubeconfig)
    core, apps = client.CoreV1Api(api_client), client.AppsV1Api(api_client)
    checks = [
        (check_objects, core),
        (check_workloads, apps),
        (check_watch, core),
        (check_dynamic, api_client),
        (check_custom_resources, api_client),
        (check_reviews, api_client),
        (check_machinery, api_client, kubeconfig, NAMESPACE),
        (check_deletion, core),
    ]
    for check, *arguments in checks:
        check(*arguments)
        print("ok", check.__name__)


if __name__ == "__main__":
    main(sys.argv[1])
