import type { ServiceContext } from '../context.ts';
import type { ApiReply } from '../http/api-request.ts';

/** What there is, for a browser. */
export function statusPage(context: ServiceContext): ApiReply {
  const { catalog, counters } = context;
  const rows = [...catalog.projects.values()].flatMap((project) =>
    [...project.logStores.values()].map((store) => {
      const groups = store.shards.reduce((sum, { log }) => sum + log.endOrdinal - log.firstOrdinal, 0);
      const bytes = store.shards.reduce((sum, { log }) => sum + log.storedBytes, 0);
      const cells = [
        project.name,
        store.name,
        `${store.writableCount} of ${store.shards.length}`,
        groups,
        bytes,
        `${store.settings.ttl} d`,
        [...store.groups.keys()].join(', '),
      ];
      return `<tr>${cells.map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join('')}</tr>`;
    }),
  );
  const heads = ['project', 'log store', 'shards open', 'log groups', 'bytes kept', 'ttl', 'consumer groups'];
  const counts = (title: string, map: ReadonlyMap<string, number>): string => {
    const lines = [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    return lines.length === 0
      ? ''
      : `<h2>${title}</h2><table>${lines.map(([name, n]) => `<tr><td>${escapeHtml(name)}</td><td>${n}</td></tr>`).join('')}</table>`;
  };
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>sluice log service</title>
<style>body{font:14px system-ui,sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:.2em .8em;border:1px solid #ccc;text-align:left}</style>
</head><body><h1>sluice log service</h1>
<table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${rows.join('')}</table>
<p>${counters.putLogs} logs taken in ${counters.putGroups} groups, ${counters.pullGroups} groups given out since the start. <a href="/_metrics">metrics</a></p>
${counts('Calls', counters.requests)}${counts('Errors', counters.errors)}${counts('Faults', counters.faults)}
</body></html>
`;
  return { headers: { 'content-type': 'text/html; charset=utf-8' }, body: Buffer.from(page) };
}

/** The same figures as Prometheus reads them. */
export function metricsPage(context: ServiceContext): ApiReply {
  const { catalog, counters } = context;
  const page = new MetricsText();
  page.begin('sluice_logservice_requests_total', 'counter', 'Calls by API.');
  for (const [api, count] of counters.requests) page.sample({ api }, count);
  page.begin('sluice_logservice_errors_total', 'counter', 'Refused and failed calls by error code.');
  for (const [code, count] of counters.errors) page.sample({ code }, count);
  page.begin('sluice_logservice_faults_total', 'counter', 'Faults of the plan that struck.');
  for (const [key, count] of counters.faults) {
    const [fault = '', api = ''] = key.split(' ');
    page.sample({ fault, api }, count);
  }
  const totals = [
    ['put_groups', 'Log groups taken.', counters.putGroups],
    ['put_logs', 'Logs taken.', counters.putLogs],
    ['put_raw_bytes', 'Bytes taken, before compression.', counters.putRawBytes],
    ['put_wire_bytes', 'Bytes taken, as sent.', counters.putWireBytes],
    ['pull_groups', 'Log groups given out.', counters.pullGroups],
    ['pull_raw_bytes', 'Bytes given out, before compression.', counters.pullRawBytes],
    ['pull_wire_bytes', 'Bytes given out, as sent.', counters.pullWireBytes],
    ['expired_groups', 'Log groups dropped by retention.', counters.expiredGroups],
  ] as const;
  for (const [name, help, count] of totals) {
    page.begin(`sluice_logservice_${name}_total`, 'counter', help);
    page.sample({}, count);
  }
  const stores = [...catalog.projects.values()].flatMap((project) =>
    [...project.logStores.values()].map((store) => ({
      store,
      labels: { project: project.name, logstore: store.name },
    })),
  );
  page.begin('sluice_logservice_shards', 'gauge', 'Shards by log store and status.');
  for (const { store, labels } of stores) {
    page.sample({ ...labels, status: 'readwrite' }, store.writableCount);
    page.sample({ ...labels, status: 'readonly' }, store.shards.length - store.writableCount);
  }
  page.begin('sluice_logservice_kept_groups', 'gauge', 'Log groups that can be read.');
  for (const { store, labels } of stores) {
    page.sample(
      labels,
      store.shards.reduce((sum, { log }) => sum + log.endOrdinal - log.firstOrdinal, 0),
    );
  }
  page.begin('sluice_logservice_kept_bytes', 'gauge', 'Bytes kept, compressed.');
  for (const { store, labels } of stores) {
    page.sample(
      labels,
      store.shards.reduce((sum, { log }) => sum + log.storedBytes, 0),
    );
  }
  return { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body: Buffer.from(page.text()) };
}

/** @source the Prometheus text format 0.0.4 */
class MetricsText {
  readonly #lines: string[] = [];
  #name = '';

  begin(name: string, type: 'counter' | 'gauge', help: string): void {
    this.#name = name;
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  }

  sample(labels: Readonly<Record<string, string>>, value: number): void {
    const pairs = Object.entries(labels).map(([name, text]) => {
      const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
      return `${name}="${escaped}"`;
    });
    this.#lines.push(`${this.#name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
