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
