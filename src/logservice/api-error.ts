/** An answer of the error catalogue (sls-protocol, 4.11); it becomes the body and status of one HTTP answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.errorCode = errorCode;
  }
}

export function parameterInvalid(message: string): ApiError {
  return new ApiError(400, 'ParameterInvalid', message);
}

export function projectNotExist(project: string): ApiError {
  return new ApiError(404, 'ProjectNotExist', `The Project does not exist : ${project}`);
}

export function logStoreNotExist(name: string): ApiError {
  return new ApiError(404, 'LogStoreNotExist', `logstore ${name} does not exist`);
}

/** @param status 400 for cursors and pulls, 404 for checkpoints */
export function shardNotExist(shard: string, status: 400 | 404): ApiError {
  return new ApiError(status, 'ShardNotExist', `Shard ${shard} does not exist.`);
}

export function consumerGroupNotExist(): ApiError {
  return new ApiError(404, 'ConsumerGroupNotExist', 'consumer group not exist');
}

export function invalidCursor(cursor: string): ApiError {
  return new ApiError(400, 'InvalidCursor', `Invalid cursor ${cursor.trim()}`);
}

export function postBodyInvalid(message: string): ApiError {
  return new ApiError(400, 'PostBodyInvalid', message);
}

export function invalidMethod(method: string, path: string): ApiError {
  return new ApiError(405, 'InvalidMethod', `invalid request method : ${method} ${path}`);
}
