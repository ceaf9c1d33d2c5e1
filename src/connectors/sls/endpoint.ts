import { isIP } from 'node:net';
import { ConnectorError } from '../../errors/sluice-error.ts';

/** Where requests of a project go. */
export interface Endpoint {
  /** What the connection is made to: `http://127.0.0.1:8080`, `https://orders.cn-hangzhou.log.aliyuncs.com`. */
  readonly origin: string;
  /** The Host header, which carries the project: `orders.127.0.0.1:8080`. */
  readonly host: string;
  /** The address as messages name it, without the project. */
  readonly address: string;
}

/**
 * The service finds the project in the host name. An IP address or `localhost` is connected to as it is, with the
 * project in the Host header only, so that a local service needs no DNS.
 * @throws ConnectorError CONNECTOR_OPTION_VALUE
 */
export function endpointOf(endPoint: string, project: string): Endpoint {
  const trimmed = endPoint.trim();
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`);
  } catch {
    throw wrong(trimmed);
  }
  const plain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '' || !plain) throw wrong(trimmed);
  const local = url.hostname === 'localhost' || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0;
  const host = `${project}.${url.host}`;
  const address = `${url.protocol}//${url.host}`;
  return { origin: local ? address : `${url.protocol}//${host}`, host, address };
}

function wrong(endPoint: string): ConnectorError {
  return new ConnectorError(
    'CONNECTOR_OPTION_VALUE',
    `option "endPoint" takes the address of a log service, not '${endPoint}'`,
    { hint: "Write for example endPoint = 'http://cn-hangzhou.log.aliyuncs.com'." },
  );
}
