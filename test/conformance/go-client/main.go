// Command go-client uses an API server as current Go programs do: client-go with protobuf bodies, server-side apply with its typed
// configurations, shared informers (that start with a streamed list), the dynamic client, the metadata client of the garbage collector, and
// leader election. It prints `ok NAME` for each check and exits with 1 at the first that fails.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const namespace = "go-client"

// limit is generous: a slow machine is no failure.
const limit = 180 * time.Second

type check struct {
	name string
	run  func(context.Context, *rest.Config) error
}

var checks = []check{
	{"discovery", checkDiscovery},
	{"namespace", checkNamespace},
	{"protobuf writes", checkProtobufWrites},
	{"protobuf alone is accepted", checkProtobufOnly},
	{"apply", checkApply},
	{"lists in pages", checkPages},
	{"watch", checkWatch},
	{"informer", checkInformer},
	{"custom resources", checkCustomResources},
	{"metadata client", checkMetadata},
	{"events of both groups", checkEvents},
	{"scale", checkScale},
	{"service account token", checkServiceAccountToken},
	{"leader election", checkLeaderElection},
	{"kinds by their names", checkMapper},
	{"openapi", checkOpenAPI},
	{"conflicts", checkConflicts},
	{"a watch that is retried", checkRetriedWatch},
	{"pager", checkPager},
	{"recorder", checkRecorder},
	{"untyped writes", checkUnstructured},
	{"pods", checkPods},
	{"deletion", checkDeletion},
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "whose API server is used")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		fail("kubeconfig", err)
	}
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.QPS, config.Burst = 200, 200
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for _, each := range checks {
		if err := each.run(ctx, config); err != nil {
			fail(each.name, err)
		}
		fmt.Println("ok", each.name)
	}
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "failed: %s: %v\n", what, err)
	os.Exit(1)
}
