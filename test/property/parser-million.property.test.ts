import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../src/errors/sluice-error.ts';
import { parseScript } from '../../src/parser/parse.ts';
import { awkwardTexts } from '../support/awkward-texts.ts';
import { Random } from '../support/random-cells.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 1_000_000);

const root = new URL('../../', import.meta.url);

/** Every statement of the golden files and examples, at most 600 characters each: mutated they stay near the grammar. */
function corpus(): string[] {
  const texts = ['test/golden/plan', 'test/golden/errors', 'examples'].flatMap((folder) => {
    const url = new URL(`${folder}/`, root);
    const names = readdirSync(url).filter((name) => name.endsWith('.sql'));
    return names.map((name) => readFileSync(new URL(name, url), 'utf8'));
  });
  return texts
    .flatMap((text) => text.split(';'))
    .flatMap((one) => (one.trim() === '' ? [] : [one.trim().slice(0, 600)]));
}

class Mutator {
  readonly #random: Random;
  readonly #statements: readonly string[];
  readonly #words: readonly string[];

  constructor(random: Random, statements: readonly string[]) {
    this.#random = random;
    this.#statements = statements;
    this.#words = [...new Set(statements.join(' ').split(/(\W)/))].filter((word) => word.trim() !== '');
  }

  next(): string {
    const random = this.#random;
    if (random.chance(0.1)) {
      return Array.from({ length: random.below(12) }, () =>
        random.pick(random.chance(0.2) ? awkwardTexts : this.#words),
      ).join(' ');
    }
    let text = random.pick(this.#statements);
    for (let changes = 1 + random.below(3); changes > 0; changes--) text = this.#change(text);
    return text;
  }

  #change(text: string): string {
    const random = this.#random;
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(12));
    const other = random.pick(this.#statements);
    switch (random.below(7)) {
      case 0:
        return text.slice(0, at) + text.slice(end);
      case 1:
        return text.slice(0, at);
      case 2:
        return text.slice(0, at) + random.pick(this.#words) + text.slice(end);
      case 3:
        return `${text.slice(0, at)} ${random.pick(this.#words)} ${text.slice(at)}`;
      case 4:
        return text.slice(0, at) + random.pick(awkwardTexts) + text.slice(at);
      case 5:
        return text.slice(0, at) + text.slice(at, end) + text.slice(at);
      default:
        return text.slice(0, at) + other.slice(random.below(other.length));
    }
  }
}

describe('a million mutated texts', () => {
  it(`give a tree or an error with a place (SEED=${seed})`, { timeout: 600_000 }, () => {
    const mutator = new Mutator(new Random(seed), corpus());
    let parsed = 0;
    const codes = new Set<string>();
    for (let run = 0; run < runs; run++) {
      const text = mutator.next();
      try {
        parseScript({ name: 'test', text }, { variables: () => 'v' });
        parsed++;
      } catch (error) {
        const span = error instanceof ParseError ? error.span : undefined;
        if (!(error instanceof ParseError) || span === undefined)
          throw new Error(`run ${run}: ${text}`, { cause: error });
        if (span.start < 0 || span.start > span.end || span.end > text.length)
          throw new Error(`run ${run}: place outside of ${text}`);
        codes.add(error.code);
      }
    }
    // Both outcomes must be common, or the mutations test nothing.
    expect(parsed).toBeGreaterThan(runs / 100);
    expect(parsed).toBeLessThan(runs / 2);
    expect(codes.size).toBeGreaterThan(1);
  });
});
