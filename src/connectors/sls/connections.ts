import type { Dispatcher } from 'undici';
import { ConnectorError } from '../../errors/sluice-error.ts';

interface ConnectionSettings {
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Address of a proxy, or `none`; absent: as the environment says. */
  readonly proxy?: string | undefined;
}

export interface Connections {
  readonly dispatcher: Dispatcher;
  /** The proxy that requests go through, as messages name it: without its password. */
  readonly proxy: string | undefined;
}

/** Kept-alive connections to one origin: straight, or through a proxy. @throws ConnectorError CONNECTOR_OPTION_VALUE */
export async function openConnections(settings: ConnectionSettings, origin: string): Promise<Connections> {
  const undici = await import('undici');
  const { connectTimeoutMs, requestTimeoutMs } = settings;
  const timeouts = { headersTimeout: requestTimeoutMs, bodyTimeout: requestTimeoutMs, keepAliveTimeout: 30_000 };
  const uri = proxyOf(settings.proxy, new URL(origin));
  if (uri === undefined) {
    const connect = undici.buildConnector({ timeout: connectTimeoutMs });
    const dispatcher = new undici.Agent({
      ...timeouts,
      // The certificate is that of the address connected to, which the Host header is not for a local service.
      connect: (to, done) => connect({ ...to, servername: '' }, done),
    });
    return { dispatcher, proxy: undefined };
  }
  const dispatcher = new undici.ProxyAgent({
    ...timeouts,
    uri,
    // Many proxies tunnel to the port of https only; requests of http:// they are sent as they are.
    proxyTunnel: false,
    proxyTls: { timeout: connectTimeoutMs },
    requestTls: { timeout: connectTimeoutMs, servername: '' },
  });
  return { dispatcher, proxy: new URL(uri).host };
}

/** @returns the proxy for an address; undefined: none */
function proxyOf(option: string | undefined, origin: URL): string | undefined {
  if (option !== undefined) return option.toLowerCase() === 'none' ? undefined : proxyAddress(option);
  const named = (name: string): string => process.env[name] ?? process.env[name.toUpperCase()] ?? '';
  const address = named(origin.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  return address === '' || isExcepted(origin, named('no_proxy')) ? undefined : proxyAddress(address);
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether NO_PROXY names the host or a domain of it, or the address is this machine. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  if (LOOPBACK.test(hostname)) return true;
  const effectivePort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (entry === '*') return true;
      if (name === '' || (only !== undefined && only !== effectivePort)) return false;
      return hostname === name || hostname.endsWith(`.${name}`);
    });
}

/** @throws ConnectorError CONNECTOR_OPTION_VALUE; the text may hold a password and is in no message */
export function proxyAddress(text: string): string {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    if (/^https?:$/.test(url.protocol) && url.hostname !== '') return url.href;
  } catch {
    // Told below.
  }
  throw new ConnectorError('CONNECTOR_OPTION_VALUE', 'the address of the proxy is none', {
    hint: "Write for example proxy = 'http://proxy.example.com:3128', or proxy = 'none' to connect without one.",
  });
}
