import type { CredentialProvider } from '../../contracts/credentials.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import type { Credentials } from './client.ts';

/** Keys are exchanged this long before they expire: a request that is under way must still be valid. */
const RENEW_BEFORE_MS = 60_000;

/**
 * The keys of a provider: asked for before the first request, shortly before they expire, and when the service refused
 * those in use. One question serves all callers.
 * @param refused the keys the service did not take
 */
export function rotatingKeys(
  name: string,
  provider: CredentialProvider,
  now: () => number,
): (refused?: Credentials) => Promise<Credentials> {
  let known: { readonly credentials: Credentials; readonly expiresMs: number } | undefined;
  let asking: Promise<Credentials> | undefined;
  const ask = async (refused: Credentials | undefined): Promise<Credentials> => {
    try {
      known = checked(name, await provider());
      return known.credentials;
    } catch (error) {
      // Keys that are still valid are better than none while the provider has a bad moment.
      if (known !== undefined && known.credentials !== refused && known.expiresMs > now()) return known.credentials;
      if (error instanceof ConnectorError) throw error;
      throw failed(name, `failed: ${error instanceof Error ? error.message : String(error)}`, error);
    } finally {
      asking = undefined;
    }
  };
  return (refused) => {
    if (known !== undefined && known.credentials !== refused && known.expiresMs - RENEW_BEFORE_MS > now())
      return Promise.resolve(known.credentials);
    return (asking ??= ask(refused));
  };
}

/** Programs in plain JavaScript may answer anything. */
function checked(name: string, answer: unknown): { credentials: Credentials; expiresMs: number } {
  const { accessId, accessKey, securityToken, expiresAtMs } = (answer ?? {}) as Partial<Record<string, unknown>>;
  const filled = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!filled(accessId) || !filled(accessKey)) throw failed(name, 'answered without accessId and accessKey');
  if (expiresAtMs !== undefined && typeof expiresAtMs !== 'number') {
    throw failed(name, 'answered an expiresAtMs that is no number of milliseconds');
  }
  return {
    credentials: { accessId, accessKey, securityToken: filled(securityToken) ? securityToken : undefined },
    expiresMs: expiresAtMs ?? Infinity,
  };
}

function failed(name: string, why: string, cause?: unknown): ConnectorError {
  return new ConnectorError('SLS_UNAUTHORIZED', `credential provider "${name}" ${why}`, {
    domain: 'external',
    cause,
    hint: 'It must resolve to { accessId, accessKey, securityToken?, expiresAtMs? }.',
  });
}
