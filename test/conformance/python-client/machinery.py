"""What Python programs do besides objects: apply, pages, dry runs, the dynamic client's watch, files, leader election, tokens, pods that do not run."""

import json
import logging
import time

from kubernetes import client, config, dynamic, utils
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection.electionconfig import Config
from kubernetes.leaderelection.leaderelection import LeaderElection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock
from kubernetes.stream import stream

MANIFEST = {
    "apiVersion": "v1",
    "kind": "List",
    "items": [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "listed"}, "stringData": {"a": "b"}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "listed"}},
    ],
}


def refusal(call, *arguments, **named):
    """The HTTP status that a call was refused with."""
    try:
        call(*arguments, **named)
    except ApiException as refused:
        return refused.status
    return 200


def check_apply(api_client, namespace):
    """By two managers, of whom the second is refused, and then insists."""
    maps = dynamic.DynamicClient(api_client).resources.get(api_version="v1", kind="ConfigMap")

    def apply(manager, value, **more):
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"a": value}}
        text = json.dumps(body)  # this type the library sends only as it is
        return maps.server_side_apply(body=text, name="applied", namespace=namespace, field_manager=manager, **more)

    apply("one", "1")
    try:
        apply("two", "2")
        raise AssertionError("another's field was taken")
    except dynamic.exceptions.ConflictError as conflict:
        assert b".data.a" in conflict.body, conflict.body
    forced = apply("two", "2", force_conflicts=True)
    assert forced.data.a == "2" and [one.manager for one in forced.metadata.managedFields] == ["two"]


def check_patch_types(apps, namespace):
    """A list is JSON Patch, a map a strategic merge patch unless its type is told."""
    sidecar = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "s"}]}}}}
    both = apps.patch_namespaced_deployment("d", namespace, sidecar).spec.template.spec.containers
    assert [one.name for one in both] == ["side", "c"], both
    tested = [{"op": "test", "path": "/spec/paused", "value": True}]
    assert refusal(apps.patch_namespaced_deployment, "d", namespace, tested) == 422
    tried = apps.patch_namespaced_deployment("d", namespace, {"spec": {"paused": True}}, dry_run="All")
    assert tried.spec.paused and not apps.read_namespaced_deployment("d", namespace).spec.paused
    told = apps.patch_namespaced_deployment_status("d", namespace, {"status": {"replicas": 2}})
    assert told.status.replicas == 2


def check_pages(core, namespace):
    for number in range(5):
        name = client.V1ObjectMeta(name=f"page-{number}", labels={"paged": "yes"})
        core.create_namespaced_config_map(namespace, client.V1ConfigMap(metadata=name))
    seen, token = [], None
    while token != "":
        page = core.list_namespaced_config_map(namespace, label_selector="paged=yes", limit=2, _continue=token or None)
        seen += [one.metadata.name for one in page.items]
        token = page.metadata._continue or ""
    assert seen == [f"page-{number}" for number in range(5)], seen
    assert refusal(core.list_namespaced_config_map, namespace, limit=2, _continue="nonsense") == 400
    later = core.list_namespaced_config_map(namespace, async_req=True, label_selector="paged=yes").get(timeout=60)
    assert len(later.items) == 5


def check_dynamic_watch(api_client, namespace):
    """It begins with what is there, and has the uninterpreted object of each event."""
    maps = dynamic.DynamicClient(api_client).resources.get(api_version="v1", kind="ConfigMap")
    seen = []
    for event in maps.watch(namespace=namespace, label_selector="paged=yes", timeout=60):
        seen.append((event["type"], event["raw_object"]["metadata"]["name"]))
        if len(seen) == 5:
            maps.delete(name="page-0", namespace=namespace)
        if len(seen) == 6:
            break
    assert seen[5] == ("DELETED", "page-0") and {kind for kind, _ in seen[:5]} == {"ADDED"}, seen


def check_files(api_client, core, namespace):
    """A list of objects, made as from a file; the second time it is told which are there."""
    utils.create_from_dict(api_client, MANIFEST, namespace=namespace)
    assert core.read_namespaced_secret("listed", namespace).data == {"a": "Yg=="}
    try:
        utils.create_from_dict(api_client, MANIFEST, namespace=namespace)
        raise AssertionError("made twice")
    except utils.FailToCreateError as failed:
        assert [one.status for one in failed.api_exceptions] == [409, 409], failed


def check_leader_election(kubeconfig, namespace):
    """Two candidates for one lock: the first has it and renews, the second waits."""
    logging.disable(logging.CRITICAL)
    config.load_kube_config(kubeconfig)  # of which alone the lock knows

    def candidate(name):
        lock = ConfigMapLock("leader", namespace, name)
        times = {"lease_duration": 60, "renew_deadline": 40, "retry_period": 2}
        return LeaderElection(Config(lock, onstarted_leading=lambda: None, onstopped_leading=None, **times))

    first, second = candidate("first"), candidate("second")
    assert first.try_acquire_or_renew() and not second.try_acquire_or_renew()
    assert first.try_acquire_or_renew() and not second.try_acquire_or_renew()


def check_tokens(core, namespace):
    request = {"spec": {"audiences": [], "expirationSeconds": 600}}
    token = core.create_namespaced_service_account_token("listed", namespace, request).status.token
    asked = client.Configuration.get_default_copy()
    asked.cert_file = asked.key_file = None
    asked.api_key = {"authorization": f"Bearer {token}"}
    robot = client.ApiClient(asked)
    assert refusal(client.CoreV1Api(robot).list_namespaced_secret, namespace) == 403
    about = client.V1ResourceAttributes(verb="list", resource="secrets", namespace=namespace)
    spec = client.V1SelfSubjectAccessReviewSpec(resource_attributes=about)
    review = client.V1SelfSubjectAccessReview(spec=spec)
    assert not client.AuthorizationV1Api(robot).create_self_subject_access_review(review).status.allowed


def check_pods(core, namespace):
    """They are kept, evicted and deleted; what would need one that runs is refused."""
    meta = client.V1ObjectMeta(name="p")
    spec = client.V1PodSpec(containers=[client.V1Container(name="c", image="i")])
    core.create_namespaced_pod(namespace, client.V1Pod(metadata=meta, spec=spec))
    assert refusal(core.read_namespaced_pod_log, "none", namespace) == 404
    open_exec = core.connect_get_namespaced_pod_exec
    assert refusal(stream, open_exec, "none", namespace, command="ls", stdout=True) in (0, 404)
    core.create_namespaced_pod_eviction("p", namespace, client.V1Eviction(metadata=meta))
    deadline = time.monotonic() + 60
    while refusal(core.read_namespaced_pod, "p", namespace) != 404:
        assert time.monotonic() < deadline, "the evicted pod is still there"
        time.sleep(0.05)
    wrong = client.V1DeleteOptions(preconditions=client.V1Preconditions(uid="other"))
    assert refusal(core.delete_namespaced_config_map, "page-1", namespace, body=wrong) == 409


def check_machinery(api_client, kubeconfig, namespace):
    core, apps = client.CoreV1Api(api_client), client.AppsV1Api(api_client)
    check_apply(api_client, namespace)
    check_patch_types(apps, namespace)
    check_pages(core, namespace)
    check_dynamic_watch(api_client, namespace)
    check_files(api_client, core, namespace)
    check_leader_election(kubeconfig, namespace)
    check_tokens(core, namespace)
    check_pods(core, namespace)
