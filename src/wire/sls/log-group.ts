/**
 * LogGroup as plain objects, for cold paths (the server's JSON routes, tests, tools); hot paths never build them.
 *
 * message Log          { required uint32 Time = 1; repeated Content Contents = 2; optional fixed32 Time_ns = 4; }
 * message Content      { required string Key = 1; required string Value = 2; }
 * message LogTag       { required string Key = 1; required string Value = 2; }
 * message LogGroup     { repeated Log Logs = 1; Reserved = 2; Topic = 3; Source = 4; MachineUUID = 5; LogTags = 6; }
 * message LogGroupList { repeated LogGroup logGroupList = 1; }
 */
export type Text = string | Uint8Array;

export interface LogRecord {
  /** Epoch seconds. */
  readonly time: number;
  /** 0 … 999,999,999 */
  readonly timeNs?: number | undefined;
  readonly contents: readonly (readonly [key: Text, value: Text])[];
}

export interface LogGroup {
  readonly topic?: Text | undefined;
  readonly source?: Text | undefined;
  readonly machineUuid?: Text | undefined;
  readonly tags?: readonly (readonly [key: Text, value: Text])[] | undefined;
  readonly logs: readonly LogRecord[];
}
