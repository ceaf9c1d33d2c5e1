/** Instructions of a WebAssembly function as nested lists: an expression is its operands followed by its opcode. */
export type Code = readonly (number | Code)[];

const I32 = 0x7f;
export const VOID = 0x40;
export const RETURN = 0x0f;
export const END = 0x0b;

const ELSE = 0x05;

export function get(local: number): Code {
  return [0x20, local];
}

export function set(local: number, value: Code): Code {
  return [value, 0x21, local];
}

export function number(value: number): Code {
  return [0x41, signed(value)];
}

/** Adds to a local. */
export function add(local: number, value: Code): Code {
  return set(local, [get(local), value, 0x6a]);
}

export function when(condition: Code, then: Code, otherwise: Code = []): Code {
  return [condition, 0x04, VOID, then, ELSE, otherwise, END];
}

/** Runs `body` again as long as `condition` holds behind it. */
export function repeat(body: Code, condition: Code): Code {
  return [0x03, VOID, body, condition, 0x0d, 0, END];
}

/** One function of a module. All parameters and locals are 32-bit integers. */
export interface AssembledFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: number;
  readonly returns: boolean;
  readonly code: Code;
}

/** The size of the memory in pages of 64 KiB. Only a shared one can grow without taking its views away. */
export interface MemorySize {
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

/** The bytes of a module that exports one memory, `memory`, and these functions. */
export function assemble(functions: readonly AssembledFunction[], size: MemorySize): Uint8Array<ArrayBuffer> {
  const types = functions.map((one) => [
    0x60,
    one.parameters,
    new Array<number>(one.parameters).fill(I32),
    one.returns ? [1, I32] : [0],
  ]);
  const bodies = functions.map((one) => {
    const body = flat([one.locals > 0 ? [1, one.locals, I32] : [0], one.code, END]);
    return [unsigned(body.length), body];
  });
  const limits = [size.shared ? 3 : 1, unsigned(size.initial), unsigned(size.maximum)];
  return Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, [functions.length, types]),
      section(3, [functions.length, functions.map((_, i) => i)]),
      section(5, [1, limits]),
      section(7, [functions.length + 1, name('memory'), 2, 0, functions.map((one, i) => [name(one.name), 0, i])]),
      section(10, [functions.length, bodies]),
    ]),
  );
}

function section(id: number, content: Code): Code {
  const bytes = flat(content);
  return [id, unsigned(bytes.length), bytes];
}

function name(text: string): Code {
  return [text.length, [...text].map((one) => one.charCodeAt(0))];
}

function flat(code: Code): number[] {
  return code.flatMap((one) => (typeof one === 'number' ? [one] : flat(one)));
}

/** LEB128. */
export function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, signed(value >> 7)];
}
