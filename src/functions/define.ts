import { coarseTime } from '../columnar/fine-time.ts';
import type { CallSite, ScalarBinding, ScalarFunction, ScalarImplementation } from '../contracts/function.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INT,
  isApproximate,
  isBinary,
  isInteger,
  isNumeric,
  isString,
  TIME,
  TIMESTAMP,
  VARBINARY,
  VARCHAR,
  type SqlType,
} from '../types/sql-type.ts';

/**
 * What a parameter takes and what its argument is cast to:
 * `text` CHAR, VARCHAR · `any-text` anything, as text · `int`, `bigint`, `double` any number · `integer` an integer type,
 * kept · `numeric` any number, kept · `boolean` · `binary` · `bytes` text or binary, kept · `date`, `time` exactly
 * that · `timestamp` in milliseconds, also of a DATE · `any` kept. A bare NULL fits everywhere.
 */
export type ParamKind =
  | 'text'
  | 'any-text'
  | 'int'
  | 'bigint'
  | 'double'
  | 'integer'
  | 'numeric'
  | 'approximate'
  | 'boolean'
  | 'binary'
  | 'bytes'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'any';

export type Kernel = ScalarImplementation['kernel'];

/** One call form. Of `kernel` and `make` exactly one is given; `make` runs once per call site. */
export interface Overload {
  readonly params: readonly ParamKind[];
  /** How many of the last parameters may be left out. */
  readonly optional?: number;
  /** The last parameter may be repeated. */
  readonly variadic?: boolean;
  /** A type, or how it follows from the types the arguments are cast to. */
  readonly returns: SqlType | ((args: readonly SqlType[], site: CallSite) => SqlType | undefined);
  /** Default `propagate`. */
  readonly nulls?: 'propagate' | 'custom';
  /** Default false. */
  readonly mayReturnNull?: boolean;
  /** Default true. */
  readonly deterministic?: boolean;
  readonly kernel?: Kernel;
  readonly make?: (site: CallSite, args: readonly SqlType[]) => Kernel;
  readonly inline?: (args: readonly string[]) => string;
}

type ScalarDeclaration = Omit<ScalarFunction, 'kind' | 'resolve'> &
  ({ readonly overloads: readonly Overload[] } | { readonly resolve: ScalarFunction['resolve'] });

/** Builds the record of a scalar function; of several overloads the first that takes the argument types wins. */
export function scalar(declaration: ScalarDeclaration): ScalarFunction {
  if ('resolve' in declaration) return { ...declaration, kind: 'scalar' };
  const { overloads, ...docs } = declaration;
  return {
    ...docs,
    kind: 'scalar',
    resolve(site) {
      for (const overload of overloads) {
        const binding = bindOverload(overload, site);
        if (binding !== undefined) return binding;
      }
      return undefined;
    },
  };
}

/** The binding of one overload at a call site, or undefined when the arguments do not fit. */
export function bindOverload(overload: Overload, site: CallSite): ScalarBinding | undefined {
  const args = acceptArguments(overload, site.types);
  if (args === undefined) return undefined;
  const returns = typeof overload.returns === 'function' ? overload.returns(args, site) : overload.returns;
  const kernel = overload.kernel ?? overload.make?.(site, args);
  if (returns === undefined || kernel === undefined) return undefined;
  return {
    args,
    returns,
    impl: {
      nulls: overload.nulls ?? 'propagate',
      mayReturnNull: overload.mayReturnNull ?? false,
      deterministic: overload.deterministic ?? true,
      kernel,
      ...(overload.inline === undefined ? {} : { inline: overload.inline }),
    },
  };
}

/** The types the arguments are cast to, or undefined when number or types do not fit. */
export function acceptArguments(
  form: Pick<Overload, 'params' | 'optional' | 'variadic'>,
  types: readonly SqlType[],
): readonly SqlType[] | undefined {
  const { params, optional = 0, variadic = false } = form;
  if (types.length < params.length - optional) return undefined;
  if (types.length > params.length && !variadic) return undefined;
  const accepted: SqlType[] = [];
  for (const [i, type] of types.entries()) {
    const param = params[Math.min(i, params.length - 1)];
    const target = param === undefined ? undefined : acceptArgument(param, type);
    if (target === undefined) return undefined;
    accepted.push(target);
  }
  return accepted;
}

function acceptArgument(param: ParamKind, type: SqlType): SqlType | undefined {
  const isNull = type.kind === 'null';
  switch (param) {
    case 'text':
      return isString(type) || isNull ? VARCHAR : undefined;
    case 'any-text':
      return VARCHAR;
    case 'int':
      return isNumeric(type) || isNull ? INT : undefined;
    case 'bigint':
      return isNumeric(type) || isNull ? BIGINT : undefined;
    case 'double':
      return isNumeric(type) || isNull ? DOUBLE : undefined;
    case 'integer':
      return isInteger(type) ? type : isNull ? INT : undefined;
    case 'numeric':
      return isNumeric(type) ? type : isNull ? INT : undefined;
    case 'approximate':
      return isApproximate(type) ? type : isNull ? DOUBLE : undefined;
    case 'boolean':
      return type.kind === 'boolean' || isNull ? BOOLEAN : undefined;
    case 'binary':
      return isBinary(type) ? type : isNull ? VARBINARY : undefined;
    case 'bytes':
      return isBinary(type) || isString(type) ? type : isNull ? VARCHAR : undefined;
    case 'date':
      return type.kind === 'date' || isNull ? DATE : undefined;
    case 'time':
      return type.kind === 'time' ? type : isNull ? TIME : undefined;
    case 'timestamp':
      return type.kind === 'timestamp' ? coarseTime(type) : type.kind === 'date' || isNull ? TIMESTAMP : undefined;
    case 'any':
      return type;
  }
}
