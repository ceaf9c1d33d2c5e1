/** Lets everything run that can run without time passing; a job gives way to timers now and then, hence the turns. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 25; turn++) await new Promise((resolve) => setImmediate(resolve));
}
