import { SluiceError } from '../errors/sluice-error.ts';

/** What `sluice` ends with. */
export const exitCode = {
  ok: 0,
  /** Something failed while it ran. */
  failed: 1,
  /** The SQL or the command line has to be changed. */
  usage: 2,
  /** A second Ctrl-C did not wait for the clean stop (128 + SIGINT, as shells count). */
  forced: 130,
} as const;

const usagePrefixes = ['PARSE_', 'PLAN_', 'TYPE_', 'CLI_', 'CONNECTOR_'];
const usageCodes = new Set(['FILE_NOT_FOUND', 'VALUE_REGEXP', 'FUNCTION_MODULE', 'FUNCTION_INVALID']);

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof SluiceError)) return exitCode.failed;
  if (error.code === 'CONNECTOR_FAILED') return exitCode.failed;
  const usage = usageCodes.has(error.code) || usagePrefixes.some((prefix) => error.code.startsWith(prefix));
  return usage ? exitCode.usage : exitCode.failed;
}
