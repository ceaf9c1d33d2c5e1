import { describe, expect, it } from 'vitest';
import { ProgressLine, Screen } from '../../../src/terminal/screen.ts';

function terminal(rows = 5, isTTY = true) {
  const written: string[] = [];
  return { columns: 20, rows, isTTY, written, write: (text: string) => written.push(text) };
}

describe('Screen', () => {
  it('paints over its own lines and gives the cursor back', () => {
    const stream = terminal();
    const screen = new Screen(stream);
    screen.paint(['a', 'b']);
    screen.paint(['c']);
    screen.finish();
    expect(stream.written).toEqual([
      '\u001b[?25l\ra\u001b[K\nb\u001b[K\n\u001b[J',
      '\r\u001b[2Ac\u001b[K\n\u001b[J',
      '\u001b[?25h',
    ]);
  });

  it('never paints more lines than the terminal has', () => {
    const stream = terminal(3);
    new Screen(stream).paint(['a', 'b', 'c', 'd']);
    expect(stream.written[0]?.match(/\n/g)).toHaveLength(2);
  });
});

describe('a terminal whose size was never set', () => {
  it('is taken for one of 80 by 24, so that tables are seen', () => {
    const screen = new Screen({ ...terminal(0), columns: 0 });
    expect([screen.width, screen.room]).toEqual([80, 23]);
  });
});

describe('ProgressLine', () => {
  it('writes nothing where nobody looks', () => {
    const stream = terminal(5, false);
    const line = new ProgressLine(stream, false);
    line.update('10 rows');
    line.clear();
    expect(stream.written).toEqual([]);
  });

  it('stays on one line', () => {
    const stream = terminal();
    const line = new ProgressLine(stream, false);
    line.update('x'.repeat(50));
    line.clear();
    expect(stream.written).toEqual([`\r${'x'.repeat(19)}\u001b[K`, '\r\u001b[K']);
  });
});
