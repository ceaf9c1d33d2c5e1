import { createHash } from 'node:crypto';

/** The Content-MD5 header: 32 upper-case hex digits over the bytes as sent (after compression). */
export function contentMd5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex').toUpperCase();
}
