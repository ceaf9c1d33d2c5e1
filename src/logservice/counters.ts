/** What the service has done since its start; a metrics page reads it as it is. */
export class ServiceCounters {
  /** Requests by API name. */
  readonly requests = new Map<string, number>();
  /** Refused or failed requests by error code. */
  readonly errors = new Map<string, number>();
  /** Faults of the plan that struck, by `KIND API`. */
  readonly faults = new Map<string, number>();
  putGroups = 0;
  putLogs = 0;
  putRawBytes = 0;
  putWireBytes = 0;
  pullGroups = 0;
  pullRawBytes = 0;
  pullWireBytes = 0;
  expiredGroups = 0;

  countRequest(api: string): void {
    this.requests.set(api, (this.requests.get(api) ?? 0) + 1);
  }

  countFault(kind: string, api: string): void {
    const key = `${kind} ${api}`;
    this.faults.set(key, (this.faults.get(key) ?? 0) + 1);
  }

  countError(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }
}
