import type { ConnectorEntry, TableDescriptor } from '../contracts/connector.ts';
import type { PhysicalNode, PhysicalPlan } from '../planner/physical/plan.ts';
import { physicalInputs } from '../planner/physical/bounded.ts';
import type { StartContext } from './start-plan.ts';

/**
 * Asks every connector of a plan to reach its system (`sluice check --connect`).
 * @returns a line for each table that was reached
 * @throws SluiceError the first one that cannot be
 */
export async function checkConnections(plan: PhysicalPlan, context: StartContext): Promise<string[]> {
  const lines: string[] = [];
  const counters = new Map<string, { value: number; add(count: number): void }>();
  for (const [table, entry] of tablesOf(plan)) {
    const module = await entry.load();
    if (module.check === undefined) continue;
    const abort = new AbortController();
    await module.check({
      table,
      metrics: {
        counter: (name) => {
          const counter = counters.get(name) ?? {
            value: 0,
            add(count: number) {
              this.value += count;
            },
          };
          counters.set(name, counter);
          return counter;
        },
        gauge: () => undefined,
      },
      now: () => Date.now(),
      signal: abort.signal,
      warn: context.warn,
    });
    lines.push(`table "${table.name}" (${entry.name}) was reached`);
  }
  return lines;
}

function tablesOf(plan: PhysicalPlan): ReadonlyMap<TableDescriptor, ConnectorEntry> {
  const tables = new Map<TableDescriptor, ConnectorEntry>();
  const visit = (node: PhysicalNode): void => {
    if (node.kind === 'sink') tables.set(node.table, node.entry);
    const reads = node.kind === 'scan' || node.kind === 'lookup-join';
    if (reads && node.source.kind === 'connector') tables.set(node.table, node.source.entry);
    physicalInputs(node).forEach(visit);
  };
  plan.roots.forEach(visit);
  return tables;
}
