import { ConnectorError } from '../../errors/sluice-error.ts';
import type { Credentials } from './client.ts';

/** Where an ECS instance reads the keys of its role; reachable from the instance only. */
const METADATA = 'http://100.100.100.200/latest/meta-data/ram/security-credentials';
/** Keys are exchanged this long before they expire: a request that is under way must still be valid. */
const RENEW_BEFORE_MS = 5 * 60_000;
const TIMEOUT_MS = 5000;

/**
 * The temporary keys of an instance's RAM role, renewed before they expire; one request serves all callers.
 * @param base replaces the instance's metadata address
 * @returns undefined where no role is named
 */
export function ramRoleCredentials(
  role: string | undefined,
  base: string = process.env['SLUICE_ECS_METADATA'] ?? METADATA,
): (() => Promise<Credentials>) | undefined {
  if (role === undefined) return undefined;
  let known: { readonly credentials: Credentials; readonly expiresMs: number } | undefined;
  let asking: Promise<Credentials> | undefined;
  const ask = async (): Promise<Credentials> => {
    try {
      known = await readKeys(role, base);
      return known.credentials;
    } catch (error) {
      // Keys that are still valid are better than none while the metadata service has a bad moment.
      if (known !== undefined && known.expiresMs > Date.now()) return known.credentials;
      throw error;
    } finally {
      asking = undefined;
    }
  };
  return () => {
    if (known !== undefined && known.expiresMs - RENEW_BEFORE_MS > Date.now())
      return Promise.resolve(known.credentials);
    return (asking ??= ask());
  };
}

async function readKeys(role: string, base: string): Promise<{ credentials: Credentials; expiresMs: number }> {
  const failed = (why: string, cause?: unknown): ConnectorError =>
    new ConnectorError('SLS_UNAUTHORIZED', `the keys of RAM role "${role}" cannot be read: ${why}`, {
      domain: 'external',
      cause,
      hint: 'ramRole works on an ECS instance that has this role; elsewhere give accessId and accessKey.',
    });
  let answer: Record<string, unknown>;
  try {
    const response = await fetch(`${base}/${encodeURIComponent(role)}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    answer = (await response.json()) as Record<string, unknown>;
  } catch (cause) {
    throw failed(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const { AccessKeyId: id, AccessKeySecret: secret, SecurityToken: token, Expiration: expires } = answer;
  if (typeof id !== 'string' || typeof secret !== 'string' || typeof token !== 'string') {
    throw failed('the answer has no keys');
  }
  const expiresMs = Date.parse(String(expires));
  return {
    credentials: { accessId: id, accessKey: secret, securityToken: token },
    expiresMs: Number.isNaN(expiresMs) ? Date.now() + 2 * RENEW_BEFORE_MS : expiresMs,
  };
}
