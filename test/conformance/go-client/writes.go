package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func checkDiscovery(_ context.Context, config *rest.Config) error {
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return err
	}
	groups, lists, err := client.ServerGroupsAndResources()
	if err != nil {
		return err
	}
	if len(groups) < 10 || len(lists) < 10 {
		return fmt.Errorf("%d groups and %d lists of resources", len(groups), len(lists))
	}
	schema, err := client.OpenAPISchema()
	if err != nil {
		return err
	}
	if len(schema.GetDefinitions().GetAdditionalProperties()) < 300 {
		return fmt.Errorf("%d OpenAPI definitions", len(schema.GetDefinitions().GetAdditionalProperties()))
	}
	_, err = client.OpenAPIV3().Paths()
	return err
}

func checkNamespace(ctx context.Context, config *rest.Config) error {
	namespaces := kubernetes.NewForConfigOrDie(config).CoreV1().Namespaces()
	_, err := namespaces.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{})
	return err
}

func checkProtobufWrites(ctx context.Context, config *rest.Config) error {
	client := kubernetes.NewForConfigOrDie(config)
	deployments := client.AppsV1().Deployments(namespace)
	made, err := deployments.Create(ctx, newDeployment("writes"), metav1.CreateOptions{FieldValidation: "Strict"})
	if err != nil {
		return err
	}
	if made.UID == "" || *made.Spec.RevisionHistoryLimit != 10 {
		return fmt.Errorf("uid %q, revisionHistoryLimit %v", made.UID, made.Spec.RevisionHistoryLimit)
	}
	made.Spec.Template.Spec.Containers[0].Image = "nginx:2"
	if made, err = deployments.Update(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	made.Status.Replicas = 3
	if made, err = deployments.UpdateStatus(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	for kind, body := range map[types.PatchType]string{
		types.StrategicMergePatchType: `{"spec":{"template":{"spec":{"containers":[{"name":"sidecar","image":"side"}]}}}}`,
		types.MergePatchType:          `{"metadata":{"labels":{"a":"b"}}}`,
		types.JSONPatchType:           `[{"op":"add","path":"/metadata/annotations","value":{"c":"d"}}]`,
	} {
		if made, err = deployments.Patch(ctx, "writes", kind, []byte(body), metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	got, err := deployments.Get(ctx, "writes", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if len(got.Spec.Template.Spec.Containers) != 2 || got.Generation != 4 || got.Status.Replicas != 3 {
		return fmt.Errorf("containers %v, generation %d, status %v", got.Spec.Template.Spec.Containers, got.Generation, got.Status)
	}
	stale := newDeployment("writes")
	stale.ResourceVersion = "1"
	if _, err := deployments.Update(ctx, stale, metav1.UpdateOptions{}); !errors.IsConflict(err) {
		return fmt.Errorf("a stale update: %v", err)
	}
	if _, err := deployments.Create(ctx, newDeployment("Not Valid"), metav1.CreateOptions{}); !errors.IsInvalid(err) {
		return fmt.Errorf("an invalid name: %v", err)
	}
	return nil
}

// checkProtobufOnly asks as a client does that reads nothing but protobuf.
func checkProtobufOnly(ctx context.Context, config *rest.Config) error {
	only := rest.CopyConfig(config)
	only.AcceptContentTypes = "application/vnd.kubernetes.protobuf"
	maps := kubernetes.NewForConfigOrDie(only).CoreV1().ConfigMaps(namespace)
	made, err := maps.Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "binary"},
		Data:       map[string]string{"text": "ü"},
		BinaryData: map[string][]byte{"bytes": {0, 255, 128}},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if made.BinaryData["bytes"][1] != 255 || made.Data["text"] != "ü" {
		return fmt.Errorf("data came back as %v %v", made.Data, made.BinaryData)
	}
	return nil
}

func checkApply(ctx context.Context, config *rest.Config) error {
	client := kubernetes.NewForConfigOrDie(config)
	replicas := func(count int32) *appsapply.DeploymentApplyConfiguration {
		labels := map[string]string{"app": "applied"}
		return appsapply.Deployment("applied", namespace).WithSpec(appsapply.DeploymentSpec().
			WithReplicas(count).
			WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).
			WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels).
				WithSpec(coreapply.PodSpec().WithContainers(coreapply.Container().WithName("c").WithImage("i")))))
	}
	deployments := client.AppsV1().Deployments(namespace)
	if _, err := deployments.Apply(ctx, replicas(1), metav1.ApplyOptions{FieldManager: "one"}); err != nil {
		return err
	}
	if _, err := deployments.Apply(ctx, replicas(2), metav1.ApplyOptions{FieldManager: "two"}); !errors.IsConflict(err) {
		return fmt.Errorf("another's field was taken: %v", err)
	}
	forced, err := deployments.Apply(ctx, replicas(2), metav1.ApplyOptions{FieldManager: "two", Force: true})
	if err != nil {
		return err
	}
	extracted, err := appsapply.ExtractDeployment(forced, "two")
	if err != nil {
		return err
	}
	if *extracted.Spec.Replicas != 2 || *extracted.Spec.Template.Spec.Containers[0].Image != "i" {
		return fmt.Errorf("what the manager owns: %v", extracted.Spec)
	}
	return nil
}

func newDeployment(name string) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nginx"}}},
			},
		},
	}
}
