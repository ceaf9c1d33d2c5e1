import { ApiError } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { emptyReply, jsonBody, jsonReply, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import type { PathNames } from '../router.ts';

/** The index of a log store is kept and given back, so that set-up code of clients works; nothing is indexed by it. */
export function getIndex(context: ServiceContext, request: ApiRequest, names: PathNames): ApiReply {
  const store = context.catalog.logStore(request.project, names.logStore);
  if (store.index === undefined) throw new ApiError(404, 'IndexConfigNotExist', "index config doesn't exist");
  return jsonReply(store.index);
}

export async function putIndex(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  store.index = jsonBody(request);
  await context.catalog.save();
  return emptyReply;
}

export async function deleteIndex(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  store.index = undefined;
  await context.catalog.save();
  return emptyReply;
}
