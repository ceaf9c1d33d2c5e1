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

/** One line an operator, its inputs indented below it; a read shared by several is written out once. */
export function pictureText(root: Picture, seen = new Set<object>(), depth = 0): string {
  const indent = '  '.repeat(depth);
  if (seen.has(root.key)) return `${indent}${root.title} (the same as above)\n`;
  if (root.inputs.length === 0) seen.add(root.key);
  const line = [root.title, ...root.attributes.map(([name, value]) => `${name}=${value}`)].join('  ');
  return `${indent}${line}\n${root.inputs.map((one) => pictureText(one, seen, depth + 1)).join('')}`;
}

export interface PictureJson {
  readonly operator: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inputs: readonly PictureJson[];
}

export function pictureJson(root: Picture): PictureJson {
  return {
    operator: root.title,
    attributes: Object.fromEntries(root.attributes),
    inputs: root.inputs.map(pictureJson),
  };
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
