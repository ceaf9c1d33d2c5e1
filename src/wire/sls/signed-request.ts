/** What both signature versions read from a request. All texts are decoded (never percent-encoded). */
export interface SignedRequest {
  readonly method: string;
  /** `/logstores/orders/shards/0` */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Header names in any case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Headers by lower-case name, values without outer white space. */
export function headerMap(headers: SignedRequest['headers']): Map<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name.trim().toLowerCase(), value.trim());
  }
  return map;
}

/** Byte order, which the services sort by; for the ASCII names that occur it is code unit order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** RFC 3986: everything but `A-Za-z0-9-_.~` becomes upper-case percent escapes. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
