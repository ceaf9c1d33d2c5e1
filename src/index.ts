export { Engine } from './engine.ts';
export { SluiceError } from './errors/sluice-error.ts';
export { errorCodes, type ErrorCode } from './errors/codes.ts';
export type {
  Change,
  ChangeKind,
  ColumnInfo,
  EngineApi,
  EngineOptions,
  ExplainFormat,
  ExplainStage,
  Job,
  JobStatus,
  OperatorMetricsRow,
  Progress,
  QueryResult,
  RegisteredColumn,
  RegisterTableOptions,
  ResultColumn,
  Row,
  RowValue,
  ScriptOptions,
  SubmitOptions,
  StatementResult,
  TableInfo,
  TextBatch,
  TextChange,
  TextRow,
} from './engine/api.ts';
