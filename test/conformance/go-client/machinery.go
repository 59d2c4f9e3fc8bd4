package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/tools/record"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/client-go/util/retry"
)

// checkMapper finds kinds as controllers do that know names alone: over the cached discovery, which is asked again for what it does not know.
func checkMapper(_ context.Context, config *rest.Config) error {
	cached := memory.NewMemCacheClient(discovery.NewDiscoveryClientForConfigOrDie(config))
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	for short, want := range map[string]string{"deploy": "Deployment", "cm": "ConfigMap", "hpa": "HorizontalPodAutoscaler", "widgets": "Widget"} {
		kind, err := mapper.KindFor(schema.GroupVersionResource{Resource: short})
		if err != nil || kind.Kind != want {
			return fmt.Errorf("%s: %v %w", short, kind, err)
		}
	}
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"})
	if err != nil || mapping.Scope.Name() != meta.RESTScopeNameRoot {
		return fmt.Errorf("scope of ClusterRoles: %v %w", mapping, err)
	}
	if _, err := mapper.KindFor(schema.GroupVersionResource{Resource: "nothing"}); !meta.IsNoMatchError(err) {
		return fmt.Errorf("nothing: %v", err)
	}
	return nil
}

// checkOpenAPI reads a group's document, as kubectl and controllers with unstructured apply do.
func checkOpenAPI(_ context.Context, config *rest.Config) error {
	paths, err := discovery.NewDiscoveryClientForConfigOrDie(config).OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	group, isThere := paths["apis/apps/v1"]
	if !isThere {
		return fmt.Errorf("no apis/apps/v1 in %d paths", len(paths))
	}
	document, err := group.Schema("application/json")
	if err != nil {
		return err
	}
	if !strings.Contains(string(document), `"io.k8s.api.apps.v1.Deployment"`) {
		return fmt.Errorf("no Deployment in %d bytes", len(document))
	}
	return nil
}

// checkConflicts has several writers count in one object: each reads again until its write is the next.
func checkConflicts(ctx context.Context, config *rest.Config) error {
	maps := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	if err := createMap(ctx, config, "counted"); err != nil {
		return err
	}
	const writers = 4
	var group sync.WaitGroup
	failed := make([]error, writers)
	for number := range writers {
		group.Go(func() {
			often := wait.Backoff{Steps: 100, Duration: 5 * time.Millisecond, Factor: 1.1, Jitter: 0.5}
			failed[number] = retry.RetryOnConflict(often, func() error {
				one, err := maps.Get(ctx, "counted", metav1.GetOptions{})
				if err != nil {
					return err
				}
				one.Data = map[string]string{"count": one.Data["count"] + "x"}
				_, err = maps.Update(ctx, one, metav1.UpdateOptions{})
				return err
			})
		})
	}
	group.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	counted, err := maps.Get(ctx, "counted", metav1.GetOptions{})
	if err != nil || len(counted.Data["count"]) != writers {
		return fmt.Errorf("counted %v %w", counted.Data, err)
	}
	return nil
}

// checkRetriedWatch follows changes over watches that the server ends each second.
func checkRetriedWatch(ctx context.Context, config *rest.Config) error {
	maps := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	short := &cache.ListWatch{WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
		options.TimeoutSeconds = new(int64(1))
		options.LabelSelector = "retried=yes"
		return maps.Watch(ctx, options)
	}}
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, short)
	if err != nil {
		return err
	}
	defer watcher.Stop()
	for number := range 3 {
		name := fmt.Sprintf("retried-%d", number)
		one := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"retried": "yes"}}}
		if _, err := maps.Create(ctx, one, metav1.CreateOptions{}); err != nil {
			return err
		}
		select {
		case event := <-watcher.ResultChan():
			if seen, isMap := event.Object.(*corev1.ConfigMap); !isMap || event.Type != watch.Added || seen.Name != name {
				return fmt.Errorf("not %s but %v", name, event)
			}
		case <-ctx.Done():
			return fmt.Errorf("%s was not seen", name)
		}
		time.Sleep(600 * time.Millisecond)
	}
	return nil
}

func checkPager(ctx context.Context, config *rest.Config) error {
	maps := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	pages := pager.New(pager.SimplePageFunc(func(options metav1.ListOptions) (runtime.Object, error) {
		return maps.List(ctx, options)
	}))
	pages.PageSize = 1
	seen := 0
	err := pages.EachListItem(ctx, metav1.ListOptions{LabelSelector: "retried=yes"}, func(runtime.Object) error {
		seen++
		return nil
	})
	if err != nil || seen != 3 {
		return fmt.Errorf("%d of 3: %w", seen, err)
	}
	return nil
}

// checkRecorder tells the same thing thrice, which becomes one event that counts.
func checkRecorder(ctx context.Context, config *rest.Config) error {
	events := kubernetes.NewForConfigOrDie(config).CoreV1().Events(namespace)
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: events})
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "go"})
	about := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "counted", Namespace: namespace, UID: "1"}}
	for range 3 {
		recorder.Event(about, corev1.EventTypeWarning, "Recorded", "said again")
	}
	selected := metav1.ListOptions{FieldSelector: "reason=Recorded,involvedObject.name=counted"}
	return wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
		list, err := events.List(ctx, selected)
		return err == nil && len(list.Items) == 1 && list.Items[0].Count == 3, err
	})
}

// checkUnstructured writes as controllers without types do: status apart from spec, an apply with force, and a collection that goes.
func checkUnstructured(ctx context.Context, config *rest.Config) error {
	client := dynamic.NewForConfigOrDie(rest.CopyConfig(config))
	deployments := client.Resource(schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}).Namespace(namespace)
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(newDeployment("untyped"))
	if err != nil {
		return err
	}
	content["apiVersion"], content["kind"] = "apps/v1", "Deployment"
	made, err := deployments.Create(ctx, &unstructured.Unstructured{Object: content}, metav1.CreateOptions{FieldManager: "untyped"})
	if err != nil {
		return err
	}
	if err := unstructured.SetNestedField(made.Object, int64(3), "status", "replicas"); err != nil {
		return err
	}
	if err := unstructured.SetNestedField(made.Object, int64(9), "spec", "replicas"); err != nil {
		return err
	}
	written, err := deployments.UpdateStatus(ctx, made, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	status, _, _ := unstructured.NestedInt64(written.Object, "status", "replicas")
	spec, _, _ := unstructured.NestedInt64(written.Object, "spec", "replicas")
	if status != 3 || spec != 1 {
		return fmt.Errorf("status %d, spec %d", status, spec)
	}
	merge := []byte(`{"spec":{"replicas":5}}`)
	scaled, err := deployments.Patch(ctx, "untyped", types.MergePatchType, merge, metav1.PatchOptions{}, "scale")
	if err != nil || scaled.GetKind() != "Scale" {
		return fmt.Errorf("scale: %v %w", scaled, err)
	}
	return deployments.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=untyped"})
}

// checkPods evicts one past a budget, and is refused what would need one that runs.
func checkPods(ctx context.Context, config *rest.Config) error {
	client := kubernetes.NewForConfigOrDie(config)
	pods := client.CoreV1().Pods(namespace)
	spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}}
	if _, err := pods.Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p"}, Spec: spec}, metav1.CreateOptions{}); err != nil {
		return err
	}
	if _, err := pods.GetLogs("none", &corev1.PodLogOptions{}).DoRaw(ctx); !errors.IsNotFound(err) {
		return fmt.Errorf("log of no pod: %v", err)
	}
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "p"}, Target: corev1.ObjectReference{Kind: "Node", Name: "n"}}
	if err := pods.Bind(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := pods.Bind(ctx, binding, metav1.CreateOptions{}); !errors.IsConflict(err) {
		return fmt.Errorf("bound twice: %v", err)
	}
	onNode, err := pods.List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=n"})
	if err != nil || len(onNode.Items) != 1 {
		return fmt.Errorf("on the node: %v %w", onNode, err)
	}
	now := &metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}
	eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "p"}, DeleteOptions: now}
	if err := pods.EvictV1(ctx, eviction); err != nil {
		return err
	}
	if _, err := pods.Get(ctx, "p", metav1.GetOptions{}); !errors.IsNotFound(err) {
		return fmt.Errorf("the evicted pod: %v", err)
	}
	return nil
}
