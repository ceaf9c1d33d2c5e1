/**
 * The closed list of error codes: code → what it means, in one line (docs/errors.md is generated from it).
 * Add a code here, throw it in one place, pin its full text in a test.
 */
export const errorCodes = {
  // parser
  PARSE_SYNTAX: 'The text is not a statement of the dialect at this place.',
  PARSE_UNTERMINATED: 'A string, identifier or comment is opened and never closed.',
  PARSE_TOO_DEEP: 'The text is nested deeper than the parser allows.',
  PARSE_DIALECT: 'A query written for another SQL system cannot be taken over.',
  PARSE_VARIABLE: 'A ${NAME} inside a string literal has no value.',
  // planner
  PLAN_UNKNOWN_COLUMN: 'No table in scope has a column of this name.',
  PLAN_AMBIGUOUS_COLUMN: 'Several tables in scope have a column of this name.',
  PLAN_UNKNOWN_TABLE: 'No table or view of this name is declared.',
  PLAN_UNKNOWN_JOB: 'No job of this name or number was started, or several are meant.',
  PLAN_UNKNOWN_FUNCTION: 'No function of this name exists.',
  PLAN_DUPLICATE_NAME: 'The name is already declared.',
  PLAN_ARGUMENTS: 'The function does not take arguments of this number or these types.',
  PLAN_TYPE: 'The types do not fit together here.',
  PLAN_GROUPING: 'A column is used outside an aggregate although it is not a grouping key.',
  PLAN_WINDOW: 'A group window is used wrongly.',
  PLAN_OVER: 'A window of OVER, or a function that goes with it, is used wrongly.',
  PLAN_PATTERN: 'A rule of MATCH_RECOGNIZE is broken.',
  PLAN_CHANGELOG: 'The query updates earlier results and the place it goes to cannot take updates.',
  PLAN_UNSUPPORTED: 'The construct is understood but not supported here.',
  PLAN_INSERT: 'The query does not fit the table it is inserted into.',
  PLAN_DDL: 'The table declaration is not valid.',
  PLAN_UNBOUNDED: 'The query would never end and its final result was asked for.',
  PLAN_SETTING: 'The setting does not exist or the value does not fit.',
  // user functions
  FUNCTION_MODULE: 'The module of a user function cannot be loaded or exports no function record.',
  FUNCTION_INVALID: 'The record of a user function is not valid.',
  FUNCTION_FAILED: 'A user function threw, or gave a value that does not fit its type.',
  // values and run time of expressions
  TYPE_UNKNOWN: 'The type does not exist or its parameters do not fit.',
  VALUE_INVALID: 'A value cannot be converted or computed.',
  VALUE_REGEXP: 'The regular expression is not valid or could run without end.',
  // connectors
  CONNECTOR_UNKNOWN: 'No connector or format of this name exists.',
  CONNECTOR_UNKNOWN_OPTION: 'The connector has no option of this name.',
  CONNECTOR_MISSING_OPTION: 'The connector needs an option that is not given.',
  CONNECTOR_OPTION_VALUE: 'The value of the option does not fit.',
  CONNECTOR_ROLE: 'The connector cannot be used in this role.',
  CONNECTOR_FAILED: 'The system behind the connector failed or refused.',
  FILE_NOT_FOUND: 'The file or folder does not exist.',
  FILE_FAILED: 'Reading or writing the file failed.',
  ROW_INVALID: 'A row does not parse as declared and the table says fail.',
  ROW_CONSTRAINT: 'A row does not fit the table it is written into.',
  // SLS
  SLS_UNREACHABLE: 'The log service cannot be reached.',
  SLS_UNAUTHORIZED: 'The log service refused the credentials.',
  SLS_NOT_FOUND: 'The project, log store, shard or consumer group does not exist.',
  SLS_THROTTLED: 'The log service limits the rate.',
  SLS_REQUEST: 'The log service refused the request.',
  SLS_SERVER: 'The log service failed.',
  SLS_CURSOR: 'A cursor is expired or does not belong to the shard.',
  SLS_RECREATED: 'A log store was deleted, or deleted and created anew, while it was read.',
  SLS_BODY_TRUNCATED: 'A message ends in the middle of a field.',
  SLS_BODY_CORRUPT: 'A message is not what its headers announce or not a valid encoding.',
  SLS_LOG_TOO_LARGE: 'One log is larger than the service takes.',
  // runtime and state
  STATE_RESTORE: 'A snapshot does not fit the job.',
  MATCH_SKIP: 'AFTER MATCH SKIP leads to a row where matching cannot go on.',

  JOB_FAILED: 'The job failed.',
  JOB_CANCELLED: 'The job was stopped before its result was complete.',
  // log service
  LOGSERVICE_FAILED: 'The embedded log service cannot start or its data is damaged.',
  // faces
  CLI_USAGE: 'The command line is not valid.',
  INTERNAL: 'A mistake of the engine itself.',
} as const;

export type ErrorCode = keyof typeof errorCodes;
