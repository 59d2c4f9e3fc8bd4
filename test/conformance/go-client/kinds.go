package main

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

var (
	crds    = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	widgets = schema.GroupVersionResource{Group: "go-client.example.com", Version: "v1", Resource: "widgets"}
)

func checkCustomResources(ctx context.Context, config *rest.Config) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	client := dynamic.NewForConfigOrDie(rest.CopyConfig(config))
	if _, err := client.Resource(crds).Create(ctx, widgetDefinition(), metav1.CreateOptions{}); err != nil {
		return err
	}
	ours := client.Resource(widgets).Namespace(namespace)
	if err := wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
		_, err := ours.List(ctx, metav1.ListOptions{})
		return err == nil, nil
	}); err != nil {
		return err
	}
	factory := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
	informer := factory.ForResource(widgets).Informer()
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("never in sync")
	}
	applied, err := ours.Apply(ctx, "a", newWidget("a"), metav1.ApplyOptions{FieldManager: "go"})
	if err != nil {
		return err
	}
	if size, _, _ := unstructured.NestedInt64(applied.Object, "spec", "size"); size != 1 {
		return fmt.Errorf("the default is missing: %v", applied.Object)
	}
	return wait.PollUntilContextCancel(ctx, poll, true, func(context.Context) (bool, error) {
		_, exists, err := informer.GetStore().GetByKey(namespace + "/a")
		return exists, err
	})
}

func newWidget(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "go-client.example.com/v1",
		"kind":       "Widget",
		"metadata":   map[string]any{"name": name, "namespace": namespace},
		"spec":       map[string]any{"color": "red"},
	}}
}

func widgetDefinition() *unstructured.Unstructured {
	text := map[string]any{"type": "string"}
	size := map[string]any{"type": "integer", "default": int64(1)}
	spec := map[string]any{"type": "object", "properties": map[string]any{"color": text, "size": size}}
	schema := map[string]any{"type": "object", "properties": map[string]any{"spec": spec}}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1",
		"kind":       "CustomResourceDefinition",
		"metadata":   map[string]any{"name": "widgets.go-client.example.com"},
		"spec": map[string]any{
			"group": "go-client.example.com",
			"scope": "Namespaced",
			"names": map[string]any{"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
			"versions": []any{map[string]any{
				"name": "v1", "served": true, "storage": true, "schema": map[string]any{"openAPIV3Schema": schema},
			}},
		},
	}}
}

// checkEvents writes an event of each group and reads both from the other one.
func checkEvents(ctx context.Context, config *rest.Config) error {
	client := kubernetes.NewForConfigOrDie(config)
	about := corev1.ObjectReference{Kind: "ConfigMap", Namespace: namespace, Name: "a"}
	old := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: "old"}, InvolvedObject: about, Reason: "Old", Message: "an old one", Count: 2,
		Source: corev1.EventSource{Component: "go", Host: "here"}, Type: "Normal", FirstTimestamp: metav1.Now(), LastTimestamp: metav1.Now(),
	}
	if _, err := client.CoreV1().Events(namespace).Create(ctx, old, metav1.CreateOptions{}); err != nil {
		return err
	}
	seen, err := client.EventsV1().Events(namespace).Get(ctx, "old", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if seen.Note != "an old one" || seen.DeprecatedCount != 2 || seen.DeprecatedSource.Host != "here" || seen.Regarding.Name != "a" {
		return fmt.Errorf("the old one seen through the new group: %v", seen)
	}
	recent := &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: "new"}, Regarding: about, Reason: "New", Note: "a new one", Type: "Warning", Action: "Trying",
		EventTime: metav1.NowMicro(), ReportingController: "example.com/go", ReportingInstance: "go-0",
	}
	if _, err := client.EventsV1().Events(namespace).Create(ctx, recent, metav1.CreateOptions{}); err != nil {
		return err
	}
	back, err := client.CoreV1().Events(namespace).Get(ctx, "new", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if back.Message != "a new one" || back.InvolvedObject.Name != "a" || back.ReportingController != "example.com/go" {
		return fmt.Errorf("the new one seen through the old group: %v", back)
	}
	return nil
}

func checkScale(ctx context.Context, config *rest.Config) error {
	deployments := kubernetes.NewForConfigOrDie(config).AppsV1().Deployments(namespace)
	scale, err := deployments.GetScale(ctx, "writes", metav1.GetOptions{})
	if err != nil {
		return err
	}
	scale.Spec.Replicas = 4
	if scale, err = deployments.UpdateScale(ctx, "writes", scale, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if scale.Spec.Replicas != 4 {
		return fmt.Errorf("%d replicas", scale.Spec.Replicas)
	}
	return nil
}

// checkServiceAccountToken asks for a token, uses it, and has it reviewed.
func checkServiceAccountToken(ctx context.Context, config *rest.Config) error {
	client := kubernetes.NewForConfigOrDie(config)
	accounts := client.CoreV1().ServiceAccounts(namespace)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}
	if _, err := accounts.Create(ctx, account, metav1.CreateOptions{}); err != nil {
		return err
	}
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: new(int64(600))}}
	issued, err := accounts.CreateToken(ctx, "robot", request, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	token := issued.Status.Token
	robot := rest.AnonymousClientConfig(config)
	robot.BearerToken = token
	who, err := kubernetes.NewForConfigOrDie(robot).AuthenticationV1().SelfSubjectReviews().
		Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}}
	reviewed, err := client.AuthenticationV1().TokenReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	want := "system:serviceaccount:" + namespace + ":robot"
	if who.Status.UserInfo.Username != want || reviewed.Status.User.Username != want || !reviewed.Status.Authenticated {
		return fmt.Errorf("%v, %v", who.Status, reviewed.Status)
	}
	return nil
}

// The first renewal follows at once. Given up while it is under way, it may still come to be written, in between what is read and written to release the lease.
func awaitRenewal(ctx context.Context, client kubernetes.Interface) {
	for ctx.Err() == nil {
		lease, err := client.CoordinationV1().Leases(namespace).Get(ctx, "leader", metav1.GetOptions{})
		if err == nil && lease.Spec.RenewTime.After(lease.Spec.AcquireTime.Time) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func checkLeaderElection(ctx context.Context, config *rest.Config) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	client := kubernetes.NewForConfigOrDie(config)
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, namespace, "leader", client.CoreV1(), client.CoordinationV1(),
		resourcelock.ResourceLockConfig{Identity: "me"})
	if err != nil {
		return err
	}
	leads := false
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: 15 * time.Second, RenewDeadline: 10 * time.Second, RetryPeriod: 5 * time.Second, ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) { leads = true; awaitRenewal(ctx, client); stop() },
			OnStoppedLeading: func() {},
		},
	})
	lease, err := client.CoordinationV1().Leases(namespace).Get(context.Background(), "leader", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if !leads || *lease.Spec.HolderIdentity != "" {
		return fmt.Errorf("led: %v, lease: %v", leads, lease.Spec)
	}
	return nil
}
