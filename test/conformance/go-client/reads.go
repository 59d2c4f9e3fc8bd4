package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

const poll = 50 * time.Millisecond

func checkPages(ctx context.Context, config *rest.Config) error {
	maps := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	for number := range 5 {
		if err := createMap(ctx, config, fmt.Sprintf("page-%d", number)); err != nil {
			return err
		}
	}
	options := metav1.ListOptions{Limit: 2, LabelSelector: "paged=yes"}
	seen := 0
	for {
		page, err := maps.List(ctx, options)
		if err != nil {
			return err
		}
		seen += len(page.Items)
		if options.Continue = page.Continue; options.Continue == "" {
			break
		}
	}
	if seen != 5 {
		return fmt.Errorf("%d of 5", seen)
	}
	return nil
}

func createMap(ctx context.Context, config *rest.Config, name string) error {
	maps := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	meta := metav1.ObjectMeta{Name: name, Labels: map[string]string{"paged": "yes"}}
	_, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: meta}, metav1.CreateOptions{})
	return err
}

func checkWatch(ctx context.Context, config *rest.Config) error {
	maps := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	watching, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion, AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	defer watching.Stop()
	if err := createMap(ctx, config, "watched"); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "watched", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for _, want := range []watch.EventType{watch.Added, watch.Deleted} {
		event, isOpen := <-watching.ResultChan()
		if !isOpen || event.Type != want || event.Object.(*corev1.ConfigMap).Name != "watched" {
			return fmt.Errorf("not %s but %v %v", want, event.Type, event.Object)
		}
	}
	return nil
}

func checkInformer(ctx context.Context, config *rest.Config) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	factory := informers.NewSharedInformerFactoryWithOptions(kubernetes.NewForConfigOrDie(config), 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	lister := factory.Core().V1().ConfigMaps().Lister().ConfigMaps(namespace)
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("never in sync")
	}
	if _, err := lister.Get("page-4"); err != nil {
		return err
	}
	if err := createMap(ctx, config, "informed"); err != nil {
		return err
	}
	return wait.PollUntilContextCancel(ctx, poll, true, func(context.Context) (bool, error) {
		_, err := lister.Get("informed")
		return err == nil, nil
	})
}

// checkMetadata reads as the garbage collector does: nothing but metadata, of lists, watches and single objects.
func checkMetadata(ctx context.Context, config *rest.Config) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return err
	}
	resource := schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	maps := client.Resource(resource).Namespace(namespace)
	factory := metadatainformer.NewSharedInformerFactory(client, 0)
	informer := factory.ForResource(resource).Informer()
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("never in sync")
	}
	one, err := maps.Get(ctx, "page-4", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if one.Labels["paged"] != "yes" {
		return fmt.Errorf("one: %v", one)
	}
	patched, err := maps.Patch(ctx, "page-4", "application/merge-patch+json", []byte(`{"metadata":{"labels":{"more":"1"}}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if patched.Labels["more"] != "1" {
		return fmt.Errorf("patched: %v", patched)
	}
	err = wait.PollUntilContextCancel(ctx, poll, true, func(context.Context) (bool, error) {
		object, exists, err := informer.GetStore().GetByKey(namespace + "/page-4")
		return err == nil && exists && object.(*metav1.PartialObjectMetadata).Labels["more"] == "1", nil
	})
	if err != nil {
		return err
	}
	return maps.Delete(ctx, "page-4", metav1.DeleteOptions{})
}

func checkDeletion(ctx context.Context, config *rest.Config) error {
	maps := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(namespace)
	wrong := metav1.Preconditions{ResourceVersion: new("1")}
	if err := maps.Delete(ctx, "page-1", metav1.DeleteOptions{Preconditions: &wrong}); !errors.IsConflict(err) {
		return fmt.Errorf("an unmet precondition: %v", err)
	}
	if err := maps.Delete(ctx, "page-1", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if _, err := maps.Get(ctx, "page-1", metav1.GetOptions{}); !errors.IsNotFound(err) {
		return fmt.Errorf("still there: %v", err)
	}
	if err := maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "paged=yes"}); err != nil {
		return err
	}
	left, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "paged=yes"})
	if err != nil || len(left.Items) != 0 {
		return fmt.Errorf("left: %v %w", left, err)
	}
	return nil
}
