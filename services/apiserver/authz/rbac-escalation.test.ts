import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { PolicyRule, RoleRef } from '../../../shared/apis/rbac/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';
import { newMemoryStorage } from '../../storage/memory-backend.ts';
import { newAccessControl } from '../api-server.ts';
import { grant } from '../server-fixture.ts';
import { missingRights } from './rule-covers.ts';

const RBAC = 'rbac.authorization.k8s.io';
const jane = { name: 'jane', groups: ['dev', 'system:authenticated'] };
const JANE = [{ kind: 'User' as const, name: 'jane' }];
const getPods: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };

describe('rules that cover others', () => {
  const on = (resources: string[], verbs: string[], resourceNames?: string[]): PolicyRule => ({
    verbs,
    apiGroups: [''],
    resources,
    ...(resourceNames ? { resourceNames } : {}),
  });
  test.each<[string, PolicyRule[], PolicyRule[], number]>([
    ['the same', [on(['pods'], ['get'])], [on(['pods'], ['get'])], 0],
    ['fewer verbs', [on(['pods'], ['get', 'list'])], [on(['pods'], ['get'])], 0],
    ['more verbs', [on(['pods'], ['get'])], [on(['pods'], ['get', 'list'])], 1],
    ['any verb, having some', [on(['pods'], ['get', 'list'])], [on(['pods'], ['*'])], 1],
    ['from two rules', [on(['pods'], ['get']), on(['secrets'], ['get'])], [on(['pods', 'secrets'], ['get'])], 0],
    [
      'verbs mixed between resources',
      [on(['pods'], ['get']), on(['secrets'], ['list'])],
      [on(['pods', 'secrets'], ['get', 'list'])],
      2,
    ],
    ['one name of all', [on(['pods'], ['get'])], [on(['pods'], ['get'], ['p'])], 0],
    ['all, having one name', [on(['pods'], ['get'], ['p'])], [on(['pods'], ['get'])], 1],
    ['another name', [on(['pods'], ['get'], ['p'])], [on(['pods'], ['get'], ['p', 'q'])], 1],
    ['a subresource, having the resource', [on(['pods'], ['get'])], [on(['pods/status'], ['get'])], 1],
    ['a subresource of all', [on(['*/scale'], ['get'])], [on(['pods/scale'], ['get'])], 0],
    [
      'paths below',
      [{ verbs: ['get'], nonResourceURLs: ['/a/*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/a/b', '/c'] }],
      1,
    ],
    [
      'any path, having paths below',
      [{ verbs: ['get'], nonResourceURLs: ['/a/*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['*'] }],
      1,
    ],
    [
      'a path, having everything about resources',
      [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/a'] }],
      1,
    ],
  ])('%s', (_what, owned, wanted, missing) => {
    expect(missingRights(owned, wanted)).toMatchObject({ missing: { length: missing }, isPartial: false });
  });
});

/** Each list of them short, and together more rights than there is memory for. */
const hundred = Array.from({ length: 100 }, (_, n) => `x${n}`);
const hundredMillion: PolicyRule = { verbs: hundred, apiGroups: hundred, resources: hundred, resourceNames: hundred };

describe('rules that grant a hundred million rights', () => {
  test('are covered by one that grants them all', () => {
    expect(missingRights([hundredMillion], [hundredMillion])).toEqual({ missing: [], isPartial: false });
  });

  test('lack some hundred that are named', () => {
    const { missing, isPartial } = missingRights([], [hundredMillion]);
    expect(isPartial).toBe(true);
    expect(missing).toHaveLength(300);
  });

  test('lack fewer where these have long names', () => {
    const { missing } = missingRights([], [{ ...hundredMillion, resourceNames: ['n'.repeat(60_000)] }]);
    expect(missing).toHaveLength(2);
  });

  test('are not compared to the end where that takes too long', () => {
    const owned = hundred.map((verb) => ({ ...hundredMillion, verbs: [verb] }));
    expect(missingRights(owned, [hundredMillion])).toEqual({ missing: [], isPartial: true });
  });
});

describe('many rules', () => {
  const onePod = (n: number, more: string[] = []): PolicyRule => ({ ...getPods, resourceNames: [`n${n}`, ...more] });
  const rulesOf = <T>(make: (n: number) => T): T[] => Array.from({ length: 6000 }, (_, n) => make(n));
  test.each<[string, PolicyRule[], PolicyRule[]]>([
    ['each of which another one covers', rulesOf((n) => onePod(n, ['x'])), rulesOf((n) => onePod(n))],
    [
      'of paths each of which is below another one',
      [{ verbs: ['get'], nonResourceURLs: rulesOf((n) => `/u/${n}/*`) }],
      [{ verbs: ['get'], nonResourceURLs: rulesOf((n) => `/u/${n}/x`) }],
    ],
  ])('%s are not compared to the end', (_what, owned, wanted) => {
    expect(missingRights(owned, wanted)).toEqual({ missing: [], isPartial: true });
  });

  test('are covered by the same in any number', () => {
    const rules = Array.from({ length: 54_000 }, (_, n) => ({ verbs: ['get'], nonResourceURLs: [`/${n}`] }));
    expect(missingRights([...rules, ...rules], rules.toReversed())).toEqual({ missing: [], isPartial: false });
  });
});

function role(rules: PolicyRule[], more: Partial<Unstructured> = {}): Unstructured {
  return { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { namespace: 'n', name: 'x' }, rules, ...more };
}

function binding(roleRef: Omit<RoleRef, 'apiGroup'>): Unstructured {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { namespace: 'n', name: 'b' },
    roleRef: { apiGroup: RBAC, ...roleRef },
    subjects: JANE,
  };
}

async function whereJaneHas(...rules: PolicyRule[]) {
  const storage = newMemoryStorage();
  await grant(storage, { name: 'janes', namespace: 'n', rules, subjects: JANE });
  const { checkEscalation } = newAccessControl(storage);
  const check = async (
    object: Unstructured,
    old?: Unstructured,
    request: { user?: UserInfo; name?: string } = {},
  ): Promise<string> => {
    try {
      const { user = jane, name = object.metadata.name ?? '' } = request;
      await checkEscalation({ user, name }, object, old);
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  return { storage, check };
}

const readSecrets: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };

describe('roles', () => {
  test('may hold what their writer has', async () => {
    const { check } = await whereJaneHas(getPods);
    expect(await check(role([getPods]))).toBe('');
  });

  test('may not hold more, and the message names what', async () => {
    const { check } = await whereJaneHas(getPods);
    expect(await check(role([getPods, readSecrets, { verbs: ['get'], nonResourceURLs: ['/metrics'] }]))).toBe(
      [
        'roles.rbac.authorization.k8s.io "x" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
        '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
      ].join('\n'),
    );
  });

  test('may not hold more than can be compared', async () => {
    const { check } = await whereJaneHas(...hundred.map((verb) => ({ ...hundredMillion, verbs: [verb] })));
    expect(await check(role([hundredMillion]))).toContain('more RBAC permissions at once than can be compared');
  });

  test('may not hold many more, of which not all are named', async () => {
    const { check } = await whereJaneHas(getPods);
    expect(await check(role([hundredMillion]))).toMatch(
      /not currently held:(\n{.*)+\nand perhaps others: not all are /,
    );
    expect(await check(role([readSecrets]))).not.toContain('others');
  });

  test('may hold anything if their writer may escalate them', async () => {
    const escalate = { verbs: ['escalate'], apiGroups: [RBAC], resources: ['roles'], resourceNames: ['x'] };
    const { check } = await whereJaneHas(escalate);
    expect(await check(role([readSecrets]))).toBe('');
    expect(await check(role([readSecrets], { metadata: { namespace: 'n', name: 'y' } }))).toContain(
      'not currently held',
    );
  });

  test('made by their collection have no name that their writer could be allowed to escalate', async () => {
    const escalate = { verbs: ['escalate'], apiGroups: [RBAC], resources: ['roles'] };
    const { check } = await whereJaneHas({ ...escalate, resourceNames: ['x'] });
    expect(await check(role([readSecrets]), undefined, { name: '' })).toContain('not currently held');
    const { check: checkAll } = await whereJaneHas(escalate);
    expect(await checkAll(role([readSecrets]), undefined, { name: '' })).toBe('');
  });

  test('system:masters may write any', async () => {
    const { check } = await whereJaneHas();
    expect(await check(role([readSecrets]), undefined, { user: { name: 'root', groups: ['system:masters'] } })).toBe(
      '',
    );
  });

  test('may have owners and finalizers changed by anybody, and nothing else', async () => {
    const { check } = await whereJaneHas();
    const old = role([readSecrets], { metadata: { namespace: 'n', name: 'x', finalizers: ['f'] } });
    expect(await check(role([readSecrets]), old)).toBe('');
    const labelled = role([readSecrets], { metadata: { namespace: 'n', name: 'x', labels: { a: 'b' } } });
    expect(await check(labelled, old)).toContain('not currently held');
  });

  test('that gather others need everything', async () => {
    const { check } = await whereJaneHas(getPods);
    const gathering = { aggregationRule: { clusterRoleSelectors: [{}] } };
    const object = role([], { kind: 'ClusterRole', metadata: { name: 'x' }, ...gathering });
    expect(await check(object)).toBe(
      'clusterroles.rbac.authorization.k8s.io "x" is forbidden: must have cluster-admin privileges to use an aggregationRule',
    );
  });
});

describe('bindings', () => {
  test('may name a role whose rules their writer has', async () => {
    const { check } = await whereJaneHas(getPods);
    expect(await check(binding({ kind: 'Role', name: 'janes' }))).toBe('');
  });

  test('may not name a stronger role', async () => {
    const { storage, check } = await whereJaneHas(getPods);
    await grant(storage, { name: 'strong', rules: [readSecrets], subjects: [] });
    await expect
      .poll(() => check(binding({ kind: 'ClusterRole', name: 'strong' })))
      .toContain('rolebindings.rbac.authorization.k8s.io "b" is forbidden: user "jane"');
  });

  test('may name a role that their writer may bind', async () => {
    const bind = { verbs: ['bind'], apiGroups: [RBAC], resources: ['clusterroles'], resourceNames: ['strong'] };
    const { storage, check } = await whereJaneHas(bind);
    await grant(storage, { name: 'strong', rules: [readSecrets], subjects: [] });
    expect(await check(binding({ kind: 'ClusterRole', name: 'strong' }))).toBe('');
  });

  test('without a role can not be judged', async () => {
    const { check } = await whereJaneHas(getPods);
    const { roleRef, ...without } = binding({ kind: 'Role', name: 'x' });
    expect(roleRef).toBeDefined();
    expect(await check(without as Unstructured)).toBe('unsupported role reference kind: ""');
  });

  test('to a role that is not there can not be judged', async () => {
    const { check } = await whereJaneHas(getPods);
    expect(await check(binding({ kind: 'ClusterRole', name: 'gone' }))).toBe(
      'rolebindings.rbac.authorization.k8s.io "gone" not found',
    );
  });
});
