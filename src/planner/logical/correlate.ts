import type { Expr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
import type { FoldSpec } from '../physical/plan.ts';
import type { CorrelateNode, LogicalField, LogicalNode, TableCall } from './plan.ts';

interface CorrelateParts {
  readonly input: LogicalNode;
  readonly call: TableCall;
  readonly args: readonly Expr[];
  readonly joinType: CorrelateNode['joinType'];
  readonly pass: readonly number[];
  readonly columns: readonly number[];
  readonly names: readonly string[];
  readonly span: Span | undefined;
}

/** Rows of `input`, each with every row that the table function gives for it. */
export function correlate(parts: CorrelateParts): CorrelateNode {
  const { input, call, pass, columns, names, joinType } = parts;
  const made = columns.map((column, i): LogicalField => {
    const { type, nullable } = call.binding.columns[column]!;
    return { name: names[i]!, type, nullable: nullable || joinType === 'left' };
  });
  const fields = [...pass.map((column) => input.schema.fields[column]!), ...made];
  return {
    kind: 'correlate',
    input,
    call,
    args: parts.args,
    joinType,
    pass,
    columns,
    schema: { fields },
    span: parts.span,
  };
}

/** Rows of `input`, each with aggregates of what the table function gives for it. Output: `pass`, then the calls. */
export function foldedCorrelate(parts: {
  readonly input: LogicalNode;
  readonly call: TableCall;
  readonly args: readonly Expr[];
  readonly pass: readonly number[];
  readonly fold: FoldSpec;
  readonly span: Span | undefined;
}): CorrelateNode {
  const { input, pass, fold } = parts;
  const results = fold.calls.map(({ name, type }): LogicalField => ({ name, type, nullable: name !== 'COUNT' }));
  const fields = [...pass.map((column) => input.schema.fields[column]!), ...results];
  return { kind: 'correlate', ...parts, joinType: 'left', columns: [], schema: { fields } };
}
