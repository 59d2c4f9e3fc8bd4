/** Starts a control plane, says where it is, and waits to be killed: what a test process looks like from outside. */

import { startKubeControlPlane } from './control-plane.ts';

const kube = await startKubeControlPlane({ name: 'orphan', controllers: [] });
console.log(JSON.stringify({ dir: kube.dir, pids: kube.pids() }));
setInterval(() => {}, 60_000);
