import { describe, expect, test } from 'vitest';
import { MalformedPathError, newRequestInfo, UnclearPathError } from './request-info.ts';

function infoOf(method: string, target: string) {
  const [path = '', query = ''] = target.split('?');
  return newRequestInfo({ method, path, query: new URLSearchParams(query) });
}

describe('requests about resources', () => {
  test.each<[string, string, string]>([
    // request, then: verb group/version namespace resource/subresource name
    ['GET', '/api/v1/pods', 'list /v1 - pods -'],
    ['HEAD', '/api/v1/pods', 'list /v1 - pods -'],
    ['GET', '/api/v1/pods?watch=true', 'watch /v1 - pods -'],
    ['GET', '/api/v1/pods?watch', 'watch /v1 - pods -'],
    ['GET', '/api/v1/pods?watch=0', 'list /v1 - pods -'],
    ['GET', '/api/v1/pods?watch=False', 'list /v1 - pods -'],
    ['GET', '/api/v1/namespaces', 'list /v1 - namespaces -'],
    ['POST', '/api/v1/namespaces', 'create /v1 - namespaces -'],
    ['GET', '/api/v1/namespaces/n', 'get /v1 n namespaces n'],
    ['GET', '/api/v1/namespaces/n/', 'get /v1 n namespaces n'],
    ['PUT', '/api/v1/namespaces/n/status', 'update /v1 n namespaces/status n'],
    ['PUT', '/api/v1/namespaces/n/finalize', 'update /v1 n namespaces/finalize n'],
    ['GET', '/api/v1/namespaces/n/pods', 'list /v1 n pods -'],
    ['GET', '/api/v1/namespaces/n/pods/p', 'get /v1 n pods p'],
    ['GET', '/api/v1/namespaces/n/pods/p?watch=true', 'get /v1 n pods p'],
    ['PATCH', '/api/v1/namespaces/n/pods/p/status', 'patch /v1 n pods/status p'],
    ['DELETE', '/api/v1/namespaces/n/pods/p', 'delete /v1 n pods p'],
    ['DELETE', '/api/v1/namespaces/n/pods', 'deletecollection /v1 n pods -'],
    ['GET', '/apis/apps/v1/deployments', 'list apps/v1 - deployments -'],
    ['GET', '/apis/apps/v1/namespaces/n/deployments/d/scale', 'get apps/v1 n deployments/scale d'],
    ['GET', '/apis/apps/v1/namespaces/n/deployments?fieldSelector=metadata.name%3Dd', 'list apps/v1 n deployments d'],
    ['GET', '/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dx%2Cmetadata.name%3D%3Dp', 'watch /v1 - pods p'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name!%3Dp', 'list /v1 - pods -'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Da%2Fb', 'list /v1 - pods -'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Dp%2Cnonsense', 'list /v1 - pods -'],
    ['DELETE', '/api/v1/pods?fieldSelector=metadata.name%3Dp', 'deletecollection /v1 - pods -'],
    ['GET', '/api/v1/watch/pods', 'watch /v1 - pods -'],
    ['GET', '/api/v1/watch/namespaces/n/pods/p', 'watch /v1 n pods p'],
    ['GET', '/api/v1/proxy/namespaces/n/pods/p/x', 'proxy /v1 n pods p'],
    ['GET', '/api/v1/namespaces/n/configmaps/a%3Ab', 'get /v1 n configmaps a:b'],
    ['GET', '/api/v1/namespaces/n/configmaps/a%2Fstatus', 'get /v1 n configmaps/status a'],
    ['OPTIONS', '/api/v1/pods', ' /v1 - pods -'],
  ])('%s %s', (method, target, expected) => {
    const info = infoOf(method, target);
    expect(info.isResource).toBe(true);
    const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
    const { verb, group, version, namespace, name } = info;
    expect(`${verb} ${group}/${version} ${namespace || '-'} ${resource} ${name || '-'}`).toBe(expected);
  });

  test('what comes after a subresource is kept', () => {
    expect(infoOf('GET', '/api/v1/namespaces/n/services/s/proxy/a/b').rest).toEqual(['a', 'b']);
  });
});

describe('other requests', () => {
  test.each([
    ['GET', '/', '/'],
    ['GET', '/api', '/api'],
    ['GET', '/api/v1', '/api/v1'],
    ['GET', '/apis/apps', '/apis/apps'],
    ['GET', '/apis/apps/v1', '/apis/apps/v1'],
    ['POST', '/healthz/ping/more', '/healthz/ping/more'],
    ['GET', '/%68ealthz', '/healthz'],
  ])('%s %s', (method, path, decoded) => {
    expect(infoOf(method, path)).toMatchObject({
      isResource: false,
      verb: method.toLowerCase(),
      path: decoded,
      resource: '',
    });
  });
});

test('a path that ends where a resource must come is given up', () => {
  expect(() => infoOf('GET', '/api/v1/watch')).toThrow(UnclearPathError);
});

test.each(['/api/v1/%', '/api/v1/%zz', '/%f'])('nothing is read from %s', (path) => {
  expect(() => infoOf('GET', path)).toThrow(MalformedPathError);
});

test('bytes that are no UTF-8 become the character that stands for such', () => {
  expect(infoOf('GET', '/api/v1/%ff')).toMatchObject({ resource: '\ufffd' });
});
