import { type Fixture, newFixture } from '../handlers/request-fixture.ts';
import { newPolicyCheck } from './policy-check.ts';
import { newPolicyReader } from './policy-reader.ts';

/** For tests: the API with a namespace and with policies that are evaluated. */
export async function newPolicyFixture(): Promise<Fixture> {
  const api = newFixture();
  api.registry.policies = newPolicyCheck(api.registry, newPolicyReader(api.storage), ({ name }) => ({
    allowed: name === 'admin',
    reason: '',
  }));
  await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  return api;
}
