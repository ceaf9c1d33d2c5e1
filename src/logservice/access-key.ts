import { SluiceError } from '../errors/sluice-error.ts';

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Of a temporary key: requests must carry it. */
  readonly securityToken?: string | undefined;
  /** When a temporary key ends, epoch ms. */
  readonly expiresAtMs?: number | undefined;
}

/**
 * `ID:SECRET`
 * @throws SluiceError CLI_USAGE; the text is not repeated, it may hold a secret
 */
export function parseAccessKey(text: string): AccessKey {
  const colon = text.indexOf(':');
  if (colon <= 0 || colon === text.length - 1) {
    throw new SluiceError('CLI_USAGE', 'an access key is not of the form ID:SECRET');
  }
  return { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
