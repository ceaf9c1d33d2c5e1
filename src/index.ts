export { Engine } from './engine.ts';
export { SluiceError } from './errors/sluice-error.ts';
export { errorCodes, type ErrorCode } from './errors/codes.ts';
export type {
  AggregateFunctionRecord,
  ColumnView,
  ScalarFunctionRecord,
  TableFunctionRecord,
  UserFunctionContext,
  UserFunctionRecord,
} from './contracts/user-function.ts';
export type {
  AccessCredentials,
  Change,
  ChangeKind,
  ColumnInfo,
  CredentialProvider,
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
