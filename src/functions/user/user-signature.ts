import type { CallSite } from '../../contracts/function.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { canWiden } from '../../types/coercion.ts';
import { isNumeric, isString, sameType, typeName, type SqlType } from '../../types/sql-type.ts';
import type { TypeReader, UserDeclaration } from './user-declaration.ts';

/** Parameter types of one call form; undefined stands for ANY. */
interface Parameters {
  readonly types: readonly (SqlType | undefined)[];
  readonly variadic: boolean;
}

export interface MatchedForm<F> {
  readonly form: F;
  /** What the arguments are cast to. */
  readonly args: readonly SqlType[];
}

type AnyForm = UserDeclaration['forms'][number];

/** The call forms of a declaration with their types read. */
export class UserSignature {
  readonly syntax: readonly string[];
  readonly #declaration: UserDeclaration;
  readonly #parameters: readonly Parameters[];
  readonly #typeOf: TypeReader;

  /** @throws PlanError FUNCTION_INVALID for a type that does not exist */
  constructor(declaration: UserDeclaration, typeOf: TypeReader) {
    this.#declaration = declaration;
    this.#typeOf = typeOf;
    this.#parameters = declaration.forms.map(({ args = [], variadic = false }) => ({
      types: args.map((text) => (/^\s*any\s*$/i.test(text) ? undefined : this.type(text))),
      variadic,
    }));
    this.syntax = this.#parameters.map(({ types, variadic }) => {
      const names = types.map((type) => (type === undefined ? 'ANY' : typeName(type)));
      return `${declaration.name}(${names.join(', ')}${variadic ? ' …' : ''})`;
    });
    for (const { returns } of declaration.forms) if (typeof returns === 'string') this.type(returns);
  }

  /** @throws PlanError FUNCTION_INVALID */
  type(text: string): SqlType {
    const { title, note } = this.#declaration;
    try {
      return this.#typeOf(text);
    } catch (error) {
      throw new PlanError('FUNCTION_INVALID', `function "${title}" has a type "${text}" that is none`, {
        hint: error instanceof Error ? `It says: ${error.message}.` : undefined,
        notes: note === undefined ? [] : [note],
        cause: error,
      });
    }
  }

  /** The form whose types are nearest to those of the call; of equally near ones the first. */
  match(site: CallSite): MatchedForm<AnyForm> | undefined {
    let best: MatchedForm<AnyForm> | undefined;
    let bestCost = Infinity;
    this.#parameters.forEach((parameters, i) => {
      const found = accept(parameters, site.types);
      if (found === undefined || found.cost >= bestCost) return;
      best = { form: this.#declaration.forms[i]!, args: found.args };
      bestCost = found.cost;
    });
    return best;
  }

  /** What a form returns for these arguments, as it is written. */
  returns<R>(given: R | ((types: readonly string[]) => R) | undefined, args: readonly SqlType[]): R {
    const { title, note } = this.#declaration;
    const found =
      typeof given === 'function'
        ? (given as (types: readonly string[]) => R)(args.map((one) => typeName(one)))
        : given;
    if (found !== undefined) return found;
    throw new PlanError('FUNCTION_INVALID', `function "${title}" does not say what it returns`, {
      notes: note === undefined ? [] : [note],
    });
  }
}

function accept(
  { types, variadic }: Parameters,
  given: readonly SqlType[],
): { readonly args: readonly SqlType[]; readonly cost: number } | undefined {
  const fixed = variadic ? types.length - 1 : types.length;
  if (given.length < fixed || (!variadic && given.length > fixed)) return undefined;
  // Exact numbers of arguments are nearer than repeated ones.
  let cost = variadic ? 1 : 0;
  const args: SqlType[] = [];
  for (const [i, type] of given.entries()) {
    const parameter = types[Math.min(i, types.length - 1)];
    const step = parameter === undefined ? 50 : distance(type, parameter);
    if (step === undefined) return undefined;
    cost += step;
    args.push(parameter ?? type);
  }
  return { args, cost };
}

/** How far an argument is from a parameter: 0 the same, undefined: it does not fit. Text is made of nothing by itself. */
function distance(from: SqlType, to: SqlType): number | undefined {
  if (sameType(from, to)) return 0;
  if (from.kind === 'null') return 1;
  if (isString(to)) return isString(from) ? 1 : undefined;
  if (!canWiden(from, to)) return undefined;
  if (from.kind === to.kind) return 1;
  return isNumeric(from) && isNumeric(to) ? 2 + widths.indexOf(to.kind) - widths.indexOf(from.kind) : 10;
}

const widths: readonly SqlType['kind'][] = ['tinyint', 'smallint', 'int', 'bigint', 'decimal', 'float', 'double'];
