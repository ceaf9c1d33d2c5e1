/** The longest delay of Node's timers, 24.8 days: it turns longer ones into 1 ms. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;
