/** The scale of a deployment and of a custom resource. */

import { deployment, widget } from './objects.ts';
import { get, merge, one } from './protocol-steps.ts';
import { type Case, create, pathOf } from './single-changes.ts';

export const scaleCases: Case[] = [deployment, widget].flatMap((kind) => {
  const path = `${pathOf(kind)}/a/scale`;
  return [
    one(
      `the scale of ${kind.kind}`,
      create(kind, 'a'),
      get(path),
      { method: 'PATCH', path, contentType: merge, body: { spec: { replicas: 4 } } },
      get(`${pathOf(kind)}/a`),
    ),
    one(`a scale of ${kind.kind} below zero`, create(kind, 'a'), {
      method: 'PATCH',
      path,
      contentType: merge,
      body: { spec: { replicas: -4 } },
    }),
    one(
      `a scale of ${kind.kind} by update`,
      create(kind, 'a'),
      {
        method: 'PUT',
        path,
        body: {
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: 'a', namespace: '<<namespace>>' },
          spec: { replicas: 2 },
        },
      },
      get(`${pathOf(kind)}/a`),
    ),
    one(`a scale of ${kind.kind} by a stale update`, create(kind, 'a'), {
      method: 'PUT',
      path,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '<<namespace>>', resourceVersion: '1' },
        spec: { replicas: 2 },
      },
    }),
    one(`a scale of ${kind.kind} by apply`, create(kind, 'a'), {
      method: 'PATCH',
      path,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'm', force: true },
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
    }),
    one(`the scale of no ${kind.kind}`, get(path)),
  ];
});
