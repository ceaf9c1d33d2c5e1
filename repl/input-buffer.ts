import { splitStatements } from '../src/tooling.ts';

export type Input =
  { readonly kind: 'command'; readonly line: string } | { readonly kind: 'script'; readonly text: string };

/** What newcomers type; no statement begins with these words. */
const plainWords: Readonly<Record<string, string>> = { help: '\\?', exit: '\\q', quit: '\\q' };

/** Collects lines until a statement is complete; a line that begins with a backslash is a command, if nothing is open. */
export class InputBuffer {
  private text = '';

  /** A statement is begun and not ended. */
  get open(): boolean {
    return this.text.trim() !== '';
  }

  /** What is complete with this line, in order: at most one script, and a command behind it (`SELECT 1; \\dt`). */
  add(line: string): Input[] {
    if (!this.open && line.trimStart().startsWith('\\')) return [{ kind: 'command', line: line.trim() }];
    const plainWord = this.open ? undefined : plainWords[line.trim().toLowerCase().replace(/;$/, '')];
    if (plainWord !== undefined) return [{ kind: 'command', line: plainWord }];
    const text = this.open ? `${this.text}\n${line}` : line;
    // Only a line with a semicolon can complete anything; this keeps a long paste linear.
    if (!line.includes(';')) {
      // Comments alone open nothing.
      this.text = this.open || splitStatements(text).rest !== '' ? text : '';
      return [];
    }
    const { complete, rest } = splitStatements(text);
    if (complete.length === 0) {
      this.text = rest === '' ? '' : text;
      return [];
    }
    const end = rest === '' ? text.length : text.trimEnd().length - rest.length;
    const script: Input = { kind: 'script', text: text.slice(0, end) };
    this.text = '';
    if (rest.startsWith('\\')) return [script, { kind: 'command', line: rest }];
    this.text = text.slice(end);
    return [script];
  }

  /** The unfinished statement at the end of the input; a last semicolon is not asked for in a pipe. */
  takeRest(): string {
    const rest = this.text;
    this.clear();
    return rest.trim() === '' ? '' : rest;
  }

  clear(): void {
    this.text = '';
  }
}
