import { stat } from 'node:fs/promises';
import { dirname, extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PlanError, type Note } from '../errors/sluice-error.ts';
import type { Span, SourceText } from '../errors/span.ts';

interface ModulePlace {
  readonly path: string;
  readonly span: Span;
  readonly source: SourceText;
}

const scripts = ['.js', '.mjs', '.cjs'];
const typed = ['.ts', '.mts', '.cts'];

/**
 * The default export of the module that CREATE FUNCTION names: its path is relative to the script's file, to the working
 * directory where the text is in none.
 * @throws PlanError FUNCTION_MODULE at the path
 */
export async function loadFunctionModule({ path, span, source }: ModulePlace): Promise<unknown> {
  const wrong = (message: string, hint?: string, cause?: unknown): PlanError =>
    new PlanError('FUNCTION_MODULE', message, { span, source, hint, cause });
  const extension = extname(path).toLowerCase();
  if (!scripts.includes(extension) && !typed.includes(extension)) {
    throw wrong(
      `'${path}' is no JavaScript module`,
      "Java classes do not run here: write the function in JavaScript and name its file, as in AS './f.js'.",
    );
  }
  const file = fileOf(path, source);
  const modified = await stat(file).then(
    (found) => (found.isFile() ? found.mtimeMs : undefined),
    () => undefined,
  );
  if (modified === undefined) {
    throw wrong(`module '${path}' does not exist`, `It is looked for at ${file}: paths are relative to the script.`);
  }
  if (typed.includes(extension) && !stripsTypes()) {
    throw wrong(
      `module '${path}' is TypeScript, which this version of Node does not run`,
      'Compile it to JavaScript and name that file, or use Node 22.18 or newer.',
    );
  }
  let module: { readonly default?: unknown };
  try {
    // The time of the file is part of its address, so that a changed file is read again.
    module = (await import(`${pathToFileURL(file).href}?mtime=${modified}`)) as { readonly default?: unknown };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw wrong(`module '${path}' cannot be loaded: ${text.split('\n', 1)[0] ?? ''}`, undefined, error);
  }
  const names = Object.keys(module);
  if (module.default !== undefined) return module.default;
  throw wrong(
    `module '${path}' has no default export`,
    `Write export default { args: […], returns: …, row: … }.${names.length === 0 ? '' : `  It exports ${names.join(', ')}.`}`,
  );
}

/** "function "f" is created at …", for messages about what the module gave. */
export function creationNote(name: string, { span, source }: Pick<ModulePlace, 'span' | 'source'>): Note {
  return { text: `function "${name}" is created`, span, source };
}

function fileOf(path: string, source: SourceText): string {
  if (path.startsWith('file:')) return fileURLToPath(path);
  if (isAbsolute(path)) return path;
  // `<script>` and the like are no files: their texts count as written in the working directory.
  return resolve(source.name.startsWith('<') ? '.' : dirname(source.name), path);
}

function stripsTypes(): boolean {
  // Not in the types of the oldest Node that is taken.
  const features: Readonly<Record<string, unknown>> = { ...process.features };
  return features['typescript'] !== undefined && features['typescript'] !== false;
}
