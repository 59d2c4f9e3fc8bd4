import { describe, expect, test } from 'vitest';
import { checkSchedule } from './cron-schedule.ts';
import { podWarnings } from './pod-spec/warnings.ts';
import { type PodSpec, validatePodSpec } from './validate-pod-spec.ts';

const container = {
  name: 'c',
  image: 'i',
  imagePullPolicy: 'Always',
  terminationMessagePolicy: 'File',
};
const withContainer = (more: object): PodSpec => ({ containers: [{ ...container, ...more }] });
const complaints = (spec: PodSpec): string[] =>
  validatePodSpec(spec, 'spec').map(({ field, message }) => `${field}: ${message}`);

describe('the spec of a pod', () => {
  test.each<[string, PodSpec, string[]]>([
    ['is fine with one container', withContainer({}), []],
    ['needs a container', {}, ['spec.containers: Required value']],
    [
      'mounts only volumes that it has',
      withContainer({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'has probes with one handler',
      withContainer({ readinessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } } }),
      ['spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
    ],
    [
      'asks for no more than its limit',
      withContainer({ resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } }),
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m'],
    ],
    [
      'has volumes of one sort',
      { ...withContainer({}), volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }] },
      ['spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'tolerates a time only where it ends',
      { ...withContainer({}), tolerations: [{ key: 'a', tolerationSeconds: 5 }] },
      [`spec.tolerations[0].effect: Invalid value: "": effect must be 'NoExecute' when \`tolerationSeconds\` is set`],
    ],
  ])('%s', (_, spec, expected) => {
    expect(complaints(spec)).toEqual(expected);
  });

  test.each<[string, PodSpec, string[]]>([
    ['in its own list', { containers: [container, container] }, ['spec.containers[1].name: Duplicate value: "c"']],
    [
      'among those that run before',
      {
        containers: [container],
        initContainers: [container, { ...container, name: 'i' }, { ...container, name: 'i' }],
      },
      ['spec.initContainers[0].name: Duplicate value: "c"', 'spec.initContainers[2].name: Duplicate value: "i"'],
    ],
  ])('has no two containers of one name, %s', (_, spec, expected) => {
    expect(complaints(spec)).toEqual(expected);
  });

  /** So long that looking through a list for each of its items would not end. */
  const LENGTH = 40_000;
  const many = <T>(item: (n: number) => T): T[] => Array.from({ length: LENGTH }, (_, n) => item(n));
  const again = <T>(item: (n: number) => T): T[] => [...many(item), item(0)];

  test.each<[string, PodSpec, string[]]>([
    [
      'claims of devices',
      { ...withContainer({}), resourceClaims: again((n) => ({ name: `n${n}`, resourceClaimName: 'r' })) },
      [`spec.resourceClaims[${LENGTH}].name: Duplicate value: "n0"`],
    ],
    [
      'parts of a claim that a container uses',
      {
        ...withContainer({
          resources: { claims: [...again((n) => ({ name: 'a', request: `r${n}` })), { name: 'a' }] },
        }),
        resourceClaims: [{ name: 'a', resourceClaimName: 'r' }],
      },
      [
        `spec.containers[0].resources.claims[${LENGTH}]: Duplicate value: "a/r0"`,
        `spec.containers[0].resources.claims[${LENGTH + 1}]: Duplicate value: "a"`,
      ],
    ],
    [
      'ports',
      withContainer({ ports: again((n) => ({ name: `p${n}`, containerPort: 80, protocol: 'TCP' })) }),
      [`spec.containers[0].ports[${LENGTH}].name: Duplicate value: "p0"`],
    ],
    [
      'mounts',
      {
        ...withContainer({ volumeMounts: again((n) => ({ name: 'v', mountPath: `/${n}` })) }),
        volumes: [{ name: 'v', emptyDir: {} }],
      },
      [`spec.containers[0].volumeMounts[${LENGTH}].mountPath: Invalid value: "/0": must be unique`],
    ],
    [
      'switches of the kernel',
      { ...withContainer({}), securityContext: { sysctls: again((n) => ({ name: `a${n}`, value: '1' })) } },
      [`spec.securityContext.sysctls[${LENGTH}].name: Duplicate value: "a0"`],
    ],
    [
      'gates',
      { ...withContainer({}), schedulingGates: again((n) => ({ name: `a${n}` })) },
      [`spec.schedulingGates[${LENGTH}]: Duplicate value: "a0"`],
    ],
    [
      'constraints, of which the first is told of',
      {
        ...withContainer({}),
        topologySpreadConstraints: again((n) => ({
          maxSkew: 1,
          topologyKey: `k${n}`,
          whenUnsatisfiable: 'DoNotSchedule',
        })),
      },
      ['spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{k0, DoNotSchedule}"'],
    ],
  ])('has long lists in which something is there twice: %s', (_, spec, expected) => {
    expect(complaints(spec)).toEqual(expected);
  });

  test('mounts what no device is, each once', () => {
    const spec = {
      ...withContainer({
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'd', mountPath: '/d' },
        ],
        volumeDevices: [
          { name: 'd', devicePath: '/d' },
          { name: 'd', devicePath: '/d' },
        ],
      }),
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'd', persistentVolumeClaim: { claimName: 'd' } },
      ],
    };
    const at = 'spec.containers[0]';
    const device = (n: number, part: string, value: string, why: string): string =>
      `${at}.volumeDevices[${n}].${part}: Invalid value: "${value}": ${why}`;
    const ofMounts = (n: number): string[] => [
      device(n, 'name', 'd', 'must not already exist in volumeMounts'),
      device(n, 'devicePath', '/d', 'must not already exist as a path in volumeMounts'),
    ];
    expect(complaints(spec)).toEqual([
      `${at}.volumeMounts[1].name: Invalid value: "d": must not already exist in volumeDevices`,
      `${at}.volumeMounts[1].mountPath: Invalid value: "/d": must not already exist as a path in volumeDevices`,
      ...ofMounts(0),
      device(1, 'name', 'd', 'must be unique'),
      device(1, 'devicePath', '/d', 'must be unique'),
      ...ofMounts(1),
    ]);
  });

  test('is warned of a variable that hides another', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
      { name: 'A', value: '$(A)3' },
    ];
    expect(podWarnings({ spec: withContainer({ env }) })).toEqual([
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]);
  });
});

describe('a schedule', () => {
  test.each(['*/5 * * * *', '0 0 1-5/2 jan-mar sun', '@hourly', '@every 1h30m', '? 1 * * 0,6'])('%s', (schedule) => {
    expect(() => checkSchedule(schedule)).not.toThrow();
  });

  test.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['@often', 'unrecognized descriptor: @often'],
  ])('%s is none', (schedule, message) => {
    expect(() => checkSchedule(schedule)).toThrow(message);
  });
});
