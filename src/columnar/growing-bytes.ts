/** Bytes written one behind the other; what is written stays where it is until `bytes` is replaced by a larger array. */
export class GrowingBytes {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Room for so many more bytes, zeroed; the place of the first. */
  reserve(count: number): number {
    const at = this.length;
    const end = at + count;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, end));
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
    } else {
      // A value that was given up may have left something here.
      this.bytes.fill(0, at, end);
    }
    this.length = end;
    return at;
  }

  append(source: Uint8Array, offset: number, length: number): void {
    const at = this.length;
    if (at + length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, at + length));
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
    }
    const { bytes } = this;
    if (length <= 32) for (let i = 0; i < length; i++) bytes[at + i] = source[offset + i]!;
    else bytes.set(source.subarray(offset, offset + length), at);
    this.length = at + length;
  }
}
