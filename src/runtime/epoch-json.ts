/** Event times of snapshots: JSON has no infinities. */
export function encodeMs(ms: number): number | string {
  return Number.isFinite(ms) ? ms : String(ms);
}

export function decodeMs(stored: unknown): number {
  return Number(stored);
}
