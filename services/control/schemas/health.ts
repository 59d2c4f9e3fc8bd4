import { Type } from '@sinclair/typebox';

export const HealthSchema = Type.Object(
  { status: Type.Literal('ok'), version: Type.String({ description: 'of the hub' }) },
  { title: 'Health' },
);
