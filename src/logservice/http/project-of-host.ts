import { isIPv4 } from 'node:net';

/**
 * The project a host names: `proj.127.0.0.1:8080`, `proj.localhost` and `proj.sls.test` name one; an IP address,
 * `localhost`, a single label and a configured base name do not.
 */
export function projectOfHost(authority: string, hostNames: readonly string[]): string | undefined {
  if (authority.startsWith('[')) return undefined;
  const host = authority.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  for (const base of hostNames) {
    if (host === base.toLowerCase()) return undefined;
    if (host.endsWith(`.${base.toLowerCase()}`)) return host.slice(0, -base.length - 1);
  }
  if (isIPv4(host)) return undefined;
  const dot = host.indexOf('.');
  return dot <= 0 ? undefined : host.slice(0, dot);
}
