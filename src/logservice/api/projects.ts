import { ApiError, parameterInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import {
  emptyReply,
  integerParameter,
  jsonBody,
  jsonReply,
  parameter,
  type ApiReply,
  type ApiRequest,
} from '../http/api-request.ts';
import type { Project } from '../model/catalog.ts';

/** What the Java client takes; the real service takes less. */
const PROJECT_NAME = /^[0-9a-zA-Z\-_]{1,128}$/;

/** `POST /`; the Node SDK sends it without a project in the host. */
export async function createProject(context: ServiceContext, request: ApiRequest): Promise<ApiReply> {
  const body = jsonBody(request);
  const name = body['projectName'];
  if (typeof name !== 'string' || !PROJECT_NAME.test(name)) throw parameterInvalid('projectName is not valid.');
  await context.catalog.createProject(name, textOf(body['description']));
  return emptyReply;
}

export function getProject(context: ServiceContext, request: ApiRequest): ApiReply {
  return jsonReply(describe(context.catalog.project(request.project)));
}

export async function updateProject(context: ServiceContext, request: ApiRequest): Promise<ApiReply> {
  const project = context.catalog.project(request.project);
  project.description = textOf(jsonBody(request)['description']);
  project.lastModifyTimeSec = Math.floor(context.now() / 1000);
  await context.catalog.save();
  return emptyReply;
}

export async function deleteProject(context: ServiceContext, request: ApiRequest): Promise<ApiReply> {
  if (request.project === undefined) throw new ApiError(400, 'InvalidHost', 'the host names no project');
  await context.catalog.deleteProject(request.project);
  return emptyReply;
}

/** `GET /` without a project in the host. */
export function listProjects(context: ServiceContext, request: ApiRequest): ApiReply {
  const offset = integerParameter(request, 'offset', 0);
  const size = integerParameter(request, 'size', 100);
  const wanted = parameter(request, 'projectName') ?? '';
  const all = [...context.catalog.projects.values()]
    .filter((project) => project.name.includes(wanted))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = all.slice(offset, offset + size).map(describe);
  return jsonReply({ count: page.length, total: all.length, projects: page });
}

/** Times are texts: Go fails on numbers here. */
function describe(project: Project): Record<string, string> {
  return {
    createTime: String(project.createTimeSec),
    description: project.description,
    lastModifyTime: String(project.lastModifyTimeSec),
    owner: '',
    projectName: project.name,
    region: 'cn-hangzhou',
    status: 'Normal',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
