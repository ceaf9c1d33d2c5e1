/** `logStore` of a source: one name, a list, or patterns with `*` and `?`. */
export interface LogStoreNames {
  readonly parts: readonly string[];
  /** Whether the option names exactly one log store: then splits are named by shard alone. */
  readonly single: boolean;
  /** Whether the log stores of the project must be listed. */
  readonly pattern: boolean;
}

const PART = /^[0-9a-zA-Z_*?-]{1,128}$/;

/** @returns undefined where the text is no such list */
export function parseLogStores(text: string): LogStoreNames | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => PART.test(part))) return undefined;
  const pattern = parts.some((part) => /[*?]/.test(part));
  return { parts: [...new Set(parts)], single: parts.length === 1 && !pattern, pattern };
}

/** The log stores among `existing` that the option names, and those it names in full whether they exist or not. */
export function matchLogStores({ parts }: LogStoreNames, existing: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (const part of parts) {
    if (!/[*?]/.test(part)) names.add(part);
    else for (const name of existing) if (matches(part, name)) names.add(name);
  }
  return [...names].sort();
}

/** Without a regular expression: linear in both lengths but for `*`, of which one step back is enough. */
function matches(pattern: string, name: string): boolean {
  let [p, n] = [0, 0];
  let [star, retry] = [-1, 0];
  while (n < name.length) {
    if (p < pattern.length && (pattern[p] === '?' || (pattern[p] !== '*' && pattern[p] === name[n]))) {
      p++;
      n++;
    } else if (pattern[p] === '*') {
      star = p++;
      retry = n;
    } else if (star >= 0) {
      p = star + 1;
      n = ++retry;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
