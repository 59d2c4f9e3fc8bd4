import { expect, test } from 'vitest';
import { capUpdateManagers } from './cap-managers.ts';
import { encodeFieldsV1 } from './fields-v1.ts';
import { decodeManagedFields } from './managed-fields.ts';

/** So many that a copy of all their fields for each would never end. */
const MANAGERS = 200_000;

test('of more updaters than may be the oldest become one, with the fields of all of them', () => {
  const entries = Array.from({ length: MANAGERS }, (_, n) => ({
    manager: `m${n}`,
    operation: 'Update',
    apiVersion: 'v1',
    time: `2026-01-01T00:00:0${n < MANAGERS - 9 ? 0 : 1}Z`,
    fieldsType: 'FieldsV1',
    fieldsV1: { [`f:a${n}`]: {} },
  }));
  const capped = [...capUpdateManagers(decodeManagedFields(entries)).values()];
  expect(capped).toHaveLength(10);
  const bucket = capped.find(({ manager }) => manager === 'ancient-changes');
  expect(Object.keys(encodeFieldsV1(bucket?.fields ?? { members: new Set(), children: new Map() }))).toHaveLength(
    MANAGERS - 9,
  );
});
