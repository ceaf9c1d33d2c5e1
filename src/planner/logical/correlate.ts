import type { Expr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
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
