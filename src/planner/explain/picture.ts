/** A plan as EXPLAIN shows it, whatever the form: text, JSON, Mermaid. */
export interface Picture {
  readonly title: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly inputs: readonly Picture[];
  /** Equal keys are one operator that several others read. */
  readonly key: object;
}

/** Leaves out what has no value. */
export function attributes(given: Readonly<Record<string, string | undefined>>): Picture['attributes'] {
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
}

/**
 * One line an operator, its inputs indented below it. What several read is written out once; where it is more than the
 * read of a table it has a number by which the others name it.
 */
export function picturesText(roots: readonly Picture[]): string {
  const numbers = numbersOf(roots);
  const seen = new Set<object>();
  const draw = (node: Picture, depth: number): string => {
    const number = numbers.get(node.key);
    const isNumbered = number !== undefined && node.inputs.length > 0;
    const title = `${'  '.repeat(depth)}${node.title}${isNumbered ? ` [${number}]` : ''}`;
    if (seen.has(node.key)) return `${title} (the same as above)\n`;
    if (number !== undefined) seen.add(node.key);
    const line = [title, ...node.attributes.map(([name, value]) => `${name}=${value}`)].join('  ');
    return `${line}\n${node.inputs.map((one) => draw(one, depth + 1)).join('')}`;
  };
  return roots.map((root) => draw(root, 0)).join('');
}

/** What has several readers, numbered from 1 in the order of the text; the reads of tables last. */
function numbersOf(roots: readonly Picture[]): ReadonlyMap<object, number> {
  const readers = new Map<object, { count: number; readonly isLeaf: boolean }>();
  const see = (node: Picture): void => {
    const known = readers.get(node.key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    readers.set(node.key, { count: 1, isLeaf: node.inputs.length === 0 });
    node.inputs.forEach(see);
  };
  roots.forEach(see);
  const shared = [...readers].filter(([, { count }]) => count > 1);
  const ordered = [...shared.filter(([, { isLeaf }]) => !isLeaf), ...shared.filter(([, { isLeaf }]) => isLeaf)];
  return new Map(ordered.map(([key], i) => [key, i + 1]));
}

export interface PictureJson {
  readonly operator: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inputs: readonly PictureJson[];
  /** Objects of the same number are one operator that several others read. */
  readonly shared?: number;
}

export function picturesJson(roots: readonly Picture[]): readonly PictureJson[] {
  const numbers = numbersOf(roots);
  const draw = (node: Picture): PictureJson => {
    const shared = numbers.get(node.key);
    return {
      operator: node.title,
      attributes: Object.fromEntries(node.attributes),
      inputs: node.inputs.map(draw),
      ...(shared === undefined ? {} : { shared }),
    };
  };
  return roots.map(draw);
}

/** A flow chart from the sources to the sinks. */
export function pictureMermaid(roots: readonly Picture[]): string {
  const ids = new Map<object, string>();
  const lines = ['flowchart TD'];
  const draw = (node: Picture): string => {
    const known = ids.get(node.key);
    if (known !== undefined) return known;
    const id = `n${ids.size}`;
    ids.set(node.key, id);
    const label = [node.title, ...node.attributes.map(([name, value]) => `${name}: ${value}`)].join('<br>');
    lines.push(`  ${id}["${label.replaceAll('"', '#quot;')}"]`);
    for (const input of node.inputs) lines.push(`  ${draw(input)} --> ${id}`);
    return id;
  };
  roots.forEach(draw);
  return `${lines.join('\n')}\n`;
}
