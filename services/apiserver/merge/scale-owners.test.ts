import { describe, expect, test } from 'vitest';
import type { FieldsV1, ManagedFieldsEntry } from '../../../shared/apis/meta/v1.ts';
import { ownersAfterScale, ownersOfScale } from './scale-owners.ts';

const path = ['spec', 'count'];
const where = { path, apiVersion: 'example.com/v1' };

function entry(manager: string, fieldsV1: FieldsV1, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry {
  const time = '2026-01-01T00:00:00Z';
  return {
    manager,
    operation: 'Update',
    apiVersion: 'example.com/v1',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...more,
  };
}

const counts = { 'f:spec': { 'f:count': {} } };
const replicas = { 'f:spec': { 'f:replicas': {} } };
const scaling = { apiVersion: 'autoscaling/v1', subresource: 'scale' };
const { time: _, ...hpa } = entry('hpa', counts, { subresource: 'scale' });

describe('who owns a scale', () => {
  test('are the owners of the replicas', () => {
    const owners = ownersOfScale([entry('one', counts), entry('two', { 'f:spec': { 'f:image': {} } })], path);
    expect(owners).toEqual([entry('one', replicas, { apiVersion: 'autoscaling/v1' })]);
  });

  test('takes the replicas from those who had them, and has no time', () => {
    const before = [entry('one', { 'f:spec': { 'f:count': {}, 'f:image': {} } }), entry('two', counts)];
    const after = ownersAfterScale(before, [entry('hpa', replicas, scaling)], where);
    expect(after).toEqual([hpa, entry('one', { 'f:spec': { 'f:image': {} } })]);
  });

  test('stays who it was where it was applied', () => {
    const before = [entry('one', counts, { operation: 'Apply' })];
    expect(ownersAfterScale(before, ownersOfScale(before, path), where)).toEqual(before);
  });

  test('has an entry of its own where it was updated', () => {
    const before = [entry('one', { 'f:spec': { 'f:count': {}, 'f:image': {} } })];
    const { time, ...again } = entry('one', counts);
    const left = entry('one', { 'f:spec': { 'f:image': {} } });
    expect(ownersAfterScale(before, ownersOfScale(before, path), where)).toEqual([again, left]);
  });
});
