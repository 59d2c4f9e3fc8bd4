import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { configMaps, namespaces, pods, secrets, serviceAccounts } from '../../shared/apis/core/v1.ts';
import { newForbidden, newUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import { clusterRoleBindings } from '../../shared/apis/rbac/v1.ts';
import { TransportError } from '../../shared/client/transport.ts';
import { newFakeKube } from '../../shared/controller/fake-kube.ts';
import { caPins } from '../../shared/pki/ca-pin.ts';
import { newCa } from '../../shared/pki/x509.ts';
import {
  ca,
  KUBE_SYSTEM,
  keysOf,
  kubeconfigOf,
  newRegisterWorld,
  putClusterInfo,
  type RegisterWorld,
  registerOptions,
  requestsOf,
  rollOutEveryDeployment,
  runRegister,
  signEveryRequest,
  token,
} from './register-fixture.ts';
import type { RegisterOptions } from './register-options.ts';

const otherCa = await newCa({ commonName: 'other', days: 10, now: Date.UTC(2026, 0, 1) });

let world: RegisterWorld;
beforeEach(() => {
  world = newRegisterWorld();
});
afterEach(() => world.close());

describe('register fails', () => {
  test.each<[string, Partial<RegisterOptions>, () => void, string[]]>([
    [
      'for a name that no cluster can have',
      { clusterName: 'M_2' },
      () => undefined,
      ['invalid cluster name(M_2): a lowercase RFC 1123 label must'],
    ],
    ['without a token', { token: '' }, () => undefined, ['token is required']],
    [
      'for a text that is no token',
      { token: 'bad' },
      () => undefined,
      ["couldn't validate the identity of the API Server: ", 'was not of the form'],
    ],
    [
      'without a pin',
      { caCertHashes: [] },
      () => undefined,
      ['need to verify CACertHashes, or set --discovery-token-unsafe-skip-ca-verification=true'],
    ],
    [
      'for a malformed pin',
      { caCertHashes: ['sha256:00'] },
      () => undefined,
      ['invalid discovery token CA certificate hash'],
    ],
    ['without an image', { agentImage: '' }, () => undefined, ['--karmada-agent-image is required']],
    [
      'for a wrong pin',
      { caCertHashes: [`sha256:${'0'.repeat(64)}`] },
      () => undefined,
      [
        `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${caPins(ca.certificatePem)[0]}" are pinned`,
        'pullet token create',
      ],
    ],
    [
      'for a signature made with another secret',
      {},
      () => putClusterInfo(world.hub, ca, { id: token.id, secret: 'zzzzzzzzzzzzzzzz' }),
      ["failed to verify JWS signature of received cluster info object, can't trust this API Server"],
    ],
    [
      'for a token that the hub does not know',
      { token: 'ghijkl.0123456789abcdef' },
      () => undefined,
      ['could not find a JWS signature in the cluster-info ConfigMap for token ID "ghijkl"', 'expired'],
    ],
    [
      'when the token is not accepted any more',
      {},
      () => {
        world.hub.before = (request) => {
          if (request.startsWith('create certificatesigningrequests')) throw newUnauthorized();
        };
      },
      ['does not accept the token'],
    ],
    [
      'when nobody answers',
      {},
      () => {
        world.hub.before = () => {
          throw new TransportError('connect failed', {
            cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
          });
        };
      },
      ['connect failed', 'Nothing listens at hub.example:6443'],
    ],
  ])('%s', async (_what, change, prepare, texts) => {
    prepare();
    const error = await runRegister(world, registerOptions(change)).then(
      () => undefined,
      (failure: Error) => failure,
    );
    for (const text of texts) expect(error?.message).toContain(text);
    expect(
      world.member.requests.filter((request) => /^(create|update|patch) (?!secrets|namespaces)/.test(request)),
    ).toEqual([]);
    expect(error?.message).not.toContain(token.secret);
  });

  test('for a clock that is wrong, by how much', async () => {
    world.hubTime = new Date(Date.UTC(2026, 0, 1) + 3600_000).toUTCString();
    world.hub.before = () => {
      const cause = Object.assign(new Error('certificate is not yet valid'), { code: 'CERT_NOT_YET_VALID' });
      throw new TransportError('the certificate of hub.example:6443 is not valid yet', { cause });
    };
    await expect(runRegister(world)).rejects.toThrow(
      /is not valid yet.*\nThis machine's clock is 3600 s behind that of the hub\. Set both by NTP/s,
    );
  });

  test('for a certificate that has ended, without the clocks if they agree', async () => {
    world.hubTime = new Date(Date.UTC(2026, 0, 1)).toUTCString();
    world.hub.before = () => {
      const cause = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
      throw new TransportError('the certificate of hub.example:6443 has expired', { cause });
    };
    const failure = runRegister(world);
    await expect(failure).rejects.toThrow(/has expired/);
    await expect(failure).rejects.not.toThrow(/s behind|s ahead/);
  });

  test.each<[string, () => Error, string[]]>([
    [
      'may not do what it takes',
      () => newForbidden({ resource: 'namespaces', name: 'kube-system' }, 'User "weak" cannot get'),
      ['the member does not let the user of its kubeconfig do this: ', 'administrator of the member', 'pullet doctor'],
    ],
    [
      'is not known',
      () => newUnauthorized(),
      ['the member does not know the user of its kubeconfig', '--kubeconfig and --context'],
    ],
  ])('when the user of the member’s kubeconfig %s, at any step', async (_what, newError, texts) => {
    for (const step of ['get namespaces', 'create secrets', 'update secrets']) {
      world.member.before = (request) => {
        if (request.startsWith(step)) throw newError();
      };
      const failure = runRegister(world);
      for (const text of texts) await expect(failure).rejects.toThrow(text);
    }
  });

  test.each([
    ['ETIMEDOUT', 'A firewall or a route is in the way to hub.example:6443'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'Something else than a hub listens at hub.example:6443, or a proxy in the way'],
  ])('for %s with what to do', async (code, text) => {
    world.hub.before = () => {
      throw new TransportError('no way', { cause: Object.assign(new Error('no'), { code }) });
    };
    await expect(runRegister(world)).rejects.toThrow(text);
  });

  test('not before it has waited for a hub that is only starting, and says that it waits', async () => {
    let tries = 0;
    world.hub.before = (request) => {
      if (request.startsWith('get configmaps') && tries++ < 3) throw new TransportError('refused');
    };
    await runRegister(world);
    expect(world.lines.filter((line) => line.startsWith('[discovery]'))).toEqual([
      '[discovery] cluster-info can not be had yet: refused; trying for 60 s',
    ]);
  });

  test('at once when the pinned CA does not vouch for what answers', async () => {
    let looks = 0;
    world.hub.before = (request) => {
      if (!request.startsWith('get configmaps') || ++looks < 2) return;
      throw new TransportError('TLS', {
        cause: Object.assign(new Error('no'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      });
    };
    await expect(runRegister(world)).rejects.toThrow(/is not the hub's for this address.*--advertise-address/s);
    expect(looks).toBe(2);
  });

  test('when the second look at cluster-info shows another text', async () => {
    let looks = 0;
    world.hub.before = (request) => {
      if (request.startsWith('get configmaps') && ++looks === 2) {
        const current = world.hub.get('configmaps', 'kube-public/cluster-info')!;
        const data = { ...(current['data'] as object), kubeconfig: `${kubeconfigOf(ca)}# changed\n` };
        world.hub.put(configMaps, { ...current, data } as KubeObject);
      }
    };
    await expect(runRegister(world)).rejects.toThrow('was different from the first');
  });

  test('when an agent is there already, naming each thing, and changes nothing', async () => {
    world.member.put(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'karmada-system' } });
    world.member.put(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'karmada-kubeconfig', namespace: 'karmada-system' },
    });
    world.member.put(serviceAccounts, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'karmada-agent-sa', namespace: 'karmada-system' },
    });
    await expect(runRegister(world)).rejects.toThrow(
      'error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR]: karmada-system/karmada-kubeconfig Secret already exists\n\t[ERROR]: karmada-system/karmada-agent-sa ServiceAccount already exists\n\n[preflight] Please check the above errors',
    );
    expect(world.hub.requests).toEqual([]);
    expect(world.member.requests.filter((request) => !request.startsWith('get'))).toEqual([]);
  });

  test('when an agent is installed in another namespace, whose rights it would take', async () => {
    const account = { name: 'karmada-agent-sa', namespace: 'edge' };
    world.member.put(clusterRoleBindings, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'karmada-agent' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'karmada-agent' },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    } as KubeObject);
    world.member.put(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
    await expect(runRegister(world)).rejects.toThrow('an agent is installed in namespace edge of the member already');
    expect(world.hub.requests).toEqual([]);
    expect(world.member.requests.filter((request) => !request.startsWith('get'))).toEqual([]);
  });

  test('when the request is denied, with the hub’s reason', async () => {
    world.hub = newFakeKube();
    putClusterInfo(world.hub, ca);
    const informer = world.hub.newInformer({
      client: world.hub.client,
      type: certificateSigningRequests,
      clock: world.clock,
      log: undefined as never,
    });
    informer.addHandler(({ object }) => {
      const conditions = [
        { type: 'Denied', status: 'True', reason: 'PulletRefused', message: 'the name m1 belongs to another cluster' },
      ];
      if (!object.status)
        queueMicrotask(() =>
          world.hub.put(certificateSigningRequests, { ...object, status: { conditions } } as KubeObject),
        );
    });
    await expect(runRegister(world)).rejects.toThrow('the name m1 belongs to another cluster');
  });

  test('when nobody approves, with the command that does', async () => {
    world.hub = newFakeKube();
    putClusterInfo(world.hub, ca);
    await expect(runRegister(world)).rejects.toThrow(
      /has not been approved after 60 s\n.*kubectl certificate approve m1-/,
    );
    const [told, ...more] = world.lines.filter((line) => line.startsWith('Waiting: '));
    expect(told).toMatch(/is not approved yet; where a person decides, on the hub: pullet approve m1-/);
    expect(more).toEqual([]);
  });

  test('when the last cluster of the name is still there, with what the hub says of that, at once and in the end', async () => {
    world.hub = newFakeKube();
    putClusterInfo(world.hub, ca);
    const why = 'the last cluster of the name m1 is still being removed';
    world.hub.before = (request) => {
      if (!request.startsWith('get certificatesigningrequests')) return;
      for (const csr of requestsOf(world.hub)) {
        const metadata = { ...csr.metadata, annotations: { ...csr.metadata.annotations, 'pullet.io/waits-for': why } };
        world.hub.put(certificateSigningRequests, { ...csr, metadata } as KubeObject);
      }
    };
    await expect(runRegister(world)).rejects.toThrow(`still waits after 60 s: ${why}\nWhen it is gone, run`);
    expect(world.lines.filter((line) => line === `Waiting: ${why}`)).toHaveLength(1);
  });

  test('when the certificate is another CA’s', async () => {
    world.hub = newFakeKube();
    putClusterInfo(world.hub, ca);
    signEveryRequest(world, world.hub, otherCa);
    await expect(runRegister(world)).rejects.toThrow('not from the CA');
  });

  test.each([['ErrImagePull'], ['ImagePullBackOff']])(
    'at once when the image can’t be pulled (%s), and goes on with another',
    async (reason) => {
      world.member = newFakeKube();
      world.member.put(namespaces, KUBE_SYSTEM);
      const pod = (image: string) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', namespace: 'karmada-system', labels: { app: 'karmada-agent' } },
        spec: { containers: [{ name: 'karmada-agent', image }] },
        status: { containerStatuses: [{ image, state: { waiting: { reason, message: 'pull access denied' } } }] },
      });
      world.member.put(pods, pod('agent:1') as KubeObject);
      await expect(runRegister(world)).rejects.toThrow(
        `the member cannot pull the agent's image agent:1 (${reason}): pull access denied`,
      );
      rollOutEveryDeployment(world, world.member);
      await runRegister(world, registerOptions({ agentImage: 'agent:2' }));
      expect(JSON.stringify(world.member.get('deployments.apps', 'karmada-system/karmada-agent'))).toContain('agent:2');
      expect((await keysOf(world.hub)).length).toBe(1);
    },
  );
});
