/** What in a value a structured clone would lose or refuse: a function, an instance of a class; undefined: nothing. */
export function uncloneable(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null || depth > 20) return undefined;
  if (value instanceof Promise) return 'a promise';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Date || value instanceof RegExp) {
    return undefined;
  }
  const inside = (all: Iterable<unknown>): string | undefined => {
    for (const one of all) {
      const found = uncloneable(one, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  if (Array.isArray(value) || value instanceof Set) return inside(value);
  if (value instanceof Map) return inside(value.keys()) ?? inside(value.values());
  // An object of another realm has another Object.prototype: a prototype without prototype is one.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return `an instance of ${value.constructor.name}`;
  return inside(Object.values(value));
}
