import { Type } from '@sinclair/typebox';

/** Its own schema is the specification's (OpenAPI 3.1). */
export const OpenApiSchema = Type.Object(
  { openapi: Type.String({ pattern: '^3\\.1\\.' }), info: Type.Object({}, { additionalProperties: true }) },
  { additionalProperties: true },
);
