import { isIP } from 'node:net';

/** Why members can't reach a hub at this host name or address, in words; undefined if nothing speaks against it. IPv6 without brackets. */
export function unreachableBecause(host: string): string | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === '0.0.0.0' || /^[0:]+$/.test(name)) return 'that is no address of one machine';
  if (/^127\.|^::1$|^::ffff:127\./.test(name) || /(^|\.)localhost$/.test(name)) {
    return 'that is this machine itself to whoever reads it';
  }
  if (/^169\.254\.|^fe[89ab][0-9a-f]:/.test(name)) return 'that is an address of one network link alone';
  if (isIP(name) === 0 && isClusterInternal(name)) return 'that name is known only inside of the cluster';
  return undefined;
}

function isClusterInternal(name: string): boolean {
  return name === 'kubernetes' || /^kubernetes\.default($|\.)/.test(name) || /\.svc(\.|$)|\.cluster\.local$/.test(name);
}
