import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { TerminalStream } from '../src/terminal/screen.ts';
import { Completer } from './completion.ts';
import { Gate } from './gate.ts';
import { appendHistory, historySize, loadHistory } from './history.ts';
import { InputBuffer } from './input-buffer.ts';
import { runInputs } from './piped.ts';
import type { Shell } from './shell.ts';

export interface InteractiveOptions {
  readonly input: Readable;
  readonly output: TerminalStream;
  readonly errors: TerminalStream;
  readonly historyFile: string;
  readonly welcome: string;
  /** `screen` prints above the prompt. */
  createShell(screen: TerminalStream): Shell;
}

const prompt = 'sluice> ';
const continuation = '   ...> ';

/** Lines, keys, prompt and history; what a statement does is the Shell's. */
export async function runInteractive(options: InteractiveOptions): Promise<number> {
  const { input, output, errors } = options;
  const gate = new Gate(output);
  const buffer = new InputBuffer();
  let opened = '';
  let history: string[] = [];
  const prompting: { readline?: Interface } = {};
  let busy = false;

  const shell = options.createShell({
    isTTY: true,
    write(text) {
      const idle = !busy && prompting.readline !== undefined;
      if (idle) output.write('\r\u001b[J');
      errors.write(text);
      if (idle) prompting.readline?.prompt(true);
    },
  });
  const completer = new Completer(shell.engine, shell.commands);
  const rl = createInterface({
    input,
    output: gate,
    terminal: true,
    prompt,
    historySize,
    history: await loadHistory(options.historyFile),
    tabSize: 4,
    completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) => {
      completer.complete(opened, line).then(
        (result) => done(null, result),
        () => done(null, [[], line]),
      );
    },
  });
  prompting.readline = rl;
  // The array readline keeps, newest first: the lines of a statement become one entry once it is complete.
  rl.on('history', (lines: string[]) => (history = lines));

  const ask = (): void => {
    rl.setPrompt(buffer.open ? continuation : prompt);
    rl.prompt();
  };
  const remember = async (entry: string, lineCount: number): Promise<void> => {
    if (entry.trim() === '') return;
    if (lineCount > 1) history.splice(0, lineCount, entry.replace(/\s*\n\s*/g, ' '));
    await appendHistory(options.historyFile, entry);
  };

  const lines: string[] = [];
  let openLines = 0;
  const handle = async (line: string): Promise<void> => {
    if (line.trim() !== '') openLines++;
    const inputs = buffer.add(line);
    opened = buffer.open ? `${opened}\n${line}` : '';
    if (inputs.length === 0) {
      if (!buffer.open) openLines = 0;
      return;
    }
    const entry = inputs.map((one) => (one.kind === 'command' ? one.line : one.text)).join(' ');
    await remember(entry, openLines);
    openLines = 0;
    gate.open = false;
    try {
      await runInputs(shell, inputs);
    } catch (error) {
      shell.printError(error);
    } finally {
      gate.open = true;
    }
  };

  let closed = false;
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let line = lines.shift(); line !== undefined && !shell.closing; line = lines.shift()) {
      shell.begin();
      await handle(line);
    }
    busy = false;
    if (shell.closing || closed) {
      rl.close();
      leave();
    } else ask();
  };

  rl.on('line', (line) => {
    lines.push(line);
    void pump(); // handle() throws nothing
  });
  rl.on('SIGINT', () => {
    lines.length = 0;
    if (busy) {
      shell.interrupt();
      return;
    }
    const nothing = rl.line === '' && !buffer.open;
    buffer.clear();
    opened = '';
    openLines = 0;
    rl.write(null, { ctrl: true, name: 'e' });
    rl.write(null, { ctrl: true, name: 'u' });
    output.write(nothing ? '^C  (Ctrl-D or \\q leaves)\n' : '^C\n');
    ask();
  });
  rl.on('close', () => {
    closed = true;
    if (busy) shell.interrupt();
    else {
      if (!shell.closing) output.write('\n');
      leave();
    }
  });
  const terminate = (): void => rl.close();
  process.once('SIGTERM', terminate);

  output.write(`${options.welcome}\n`);
  ask();
  await left;
  process.off('SIGTERM', terminate);
  return 0;
}
