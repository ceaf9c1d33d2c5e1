import { parameterInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { jsonReply, parameter, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import type { Shard } from '../model/shard.ts';
import type { PathNames } from '../router.ts';
import { findShard, ordinalAt } from './find-shard.ts';

/** `from` is `begin`, `end`, or epoch seconds of the receive time; a future time is the end. */
export function getCursor(context: ServiceContext, request: ApiRequest, names: PathNames): ApiReply {
  const shard = findShard(context, request, names);
  const from = parameter(request, 'from') ?? '';
  if (from === 'begin') return jsonReply({ cursor: shard.beginCursor });
  if (from === 'end') return jsonReply({ cursor: shard.endCursor });
  if (!/^\d{1,15}$/.test(from)) throw parameterInvalid('Parameter From is not valid.');
  return jsonReply({ cursor: shard.cursorOf(shard.log.firstAtOrAfter(Number(from))) });
}

export function getCursorTime(context: ServiceContext, request: ApiRequest, names: PathNames): ApiReply {
  const shard = findShard(context, request, names);
  const ordinal = ordinalAt(shard, parameter(request, 'cursor'));
  return jsonReply({ cursor_time: receiveTimeAt(shard, ordinal, context.now()) });
}

/** Epoch seconds of the group at an ordinal; at the end of the last one; now where there is none. */
export function receiveTimeAt(shard: Shard, ordinal: number, nowMs: number): number {
  const { log } = shard;
  if (log.firstOrdinal === log.endOrdinal) return Math.floor(nowMs / 1000);
  return log.receiveTimeOf(Math.min(ordinal, log.endOrdinal - 1));
}
