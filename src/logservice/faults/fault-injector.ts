import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../api-error.ts';
import type { ApiReply } from '../http/api-request.ts';
import type { Fault, FaultMoment, FaultPlan, FaultRule } from './fault-plan.ts';

/** What a rule may ask of a call. */
export interface FaultyCall {
  readonly api: string;
  readonly project: string | undefined;
  readonly logStore: string;
  /** As in the path. */
  readonly shard: string;
}

/** The connection of a call is to be cut without an answer. */
export class ConnectionDrop extends Error {}

/** What happens to one call; the same plan and order of calls make the same choice, whatever the clock. */
export class CallFaults {
  readonly clockSkewMs: number;
  readonly #delays: readonly { readonly ms: number; readonly when: FaultMoment }[];
  readonly #main: Fault | undefined;
  /** Where bytes are damaged follows from it. */
  readonly #seed: number;

  constructor(
    clockSkewMs: number,
    delays: readonly { readonly ms: number; readonly when: FaultMoment }[],
    main: Fault | undefined,
    seed: number,
  ) {
    this.clockSkewMs = clockSkewMs;
    this.#delays = delays;
    this.#main = main;
    this.#seed = seed;
  }

  /** Runs the call, or does not. @throws ApiError, ConnectionDrop, and what the call throws */
  async run(call: () => Promise<ApiReply>): Promise<ApiReply> {
    await this.#strike('before');
    const main = this.#main;
    if (main?.kind === 'expire-cursor') throw new ApiError(400, 'InvalidCursor', 'Invalid cursor: it has expired');
    if (main?.kind === 'duplicate' && main.what === 'effect') await call();
    const reply = await call();
    await this.#strike('after');
    return reply;
  }

  /** Whether the bytes of the answer are concerned. */
  get answerFault(): Extract<Fault, { kind: 'truncate' | 'corrupt' | 'duplicate' }> | undefined {
    const main = this.#main;
    if (main?.kind === 'truncate' || main?.kind === 'corrupt') return main;
    return main?.kind === 'duplicate' && main.what === 'answer' ? main : undefined;
  }

  /** A copy with `bytes` places made wrong. */
  damage(body: Uint8Array, bytes: number): Uint8Array {
    const damaged = Uint8Array.from(body);
    if (damaged.length === 0) return damaged;
    for (let i = 0; i < bytes; i++) {
      const at = Math.floor(chance(this.#seed, 2 * i) * damaged.length);
      // Never the same byte again.
      damaged[at] = damaged[at]! ^ (1 + Math.floor(chance(this.#seed, 2 * i + 1) * 255));
    }
    return damaged;
  }

  async #strike(when: FaultMoment): Promise<void> {
    for (const delay of this.#delays) if (delay.when === when && delay.ms > 0) await sleep(delay.ms);
    const main = this.#main;
    if (main === undefined || !('when' in main) || main.when !== when) return;
    if (main.kind === 'drop') throw new ConnectionDrop();
    if (main.kind === 'error') throw new ApiError(main.status, main.code, main.message);
  }
}

/** Counts the calls of each rule and says which of them go wrong. */
export class FaultInjector {
  readonly #plan: FaultPlan;
  readonly #rules: { readonly rule: FaultRule; seen: number; struck: number }[];
  readonly #onStrike: (kind: Fault['kind'], api: string) => void;

  constructor(plan: FaultPlan, onStrike: (kind: Fault['kind'], api: string) => void) {
    this.#plan = plan;
    this.#rules = plan.rules.map((rule) => ({ rule, seen: 0, struck: 0 }));
    this.#onStrike = onStrike;
  }

  /** Delays and skews of all rules that hit, and of the other faults the first in the order of the plan. */
  next(call: FaultyCall): CallFaults | undefined {
    const delays: { ms: number; when: FaultMoment }[] = [];
    let clockSkewMs = 0;
    let main: Fault | undefined;
    let seed = 0;
    let struck = false;
    for (const [i, state] of this.#rules.entries()) {
      const { rule } = state;
      if (!concerns(rule, call)) continue;
      const count = ++state.seen - rule.after;
      const own = mix(mix(this.#plan.seed, i + 1), count);
      if (count < 1 || state.struck >= rule.limit || !hits(rule, count, own)) continue;
      const { fault } = rule;
      if (fault.kind === 'delay') {
        delays.push({ ms: fault.leastMs + chance(own, 1) * (fault.mostMs - fault.leastMs), when: fault.when });
      } else if (fault.kind === 'clock-skew') {
        clockSkewMs += fault.ms;
      } else if (main === undefined) {
        main = fault;
        seed = own;
      } else {
        continue;
      }
      state.struck++;
      struck = true;
      this.#onStrike(fault.kind, call.api);
    }
    return struck ? new CallFaults(clockSkewMs, delays, main, seed) : undefined;
  }
}

function concerns(rule: FaultRule, call: FaultyCall): boolean {
  if (rule.apis !== undefined && !rule.apis.includes(call.api)) return false;
  if (rule.project !== undefined && rule.project !== call.project) return false;
  if (rule.logStore !== undefined && rule.logStore !== call.logStore) return false;
  return rule.shard === undefined || String(rule.shard) === call.shard;
}

function hits({ trigger }: FaultRule, count: number, seed: number): boolean {
  switch (trigger.kind) {
    case 'always':
      return true;
    case 'nth':
      return trigger.calls.includes(count);
    case 'every':
      return count % trigger.step === 0;
    case 'probability':
      return chance(seed, 0) < trigger.share;
  }
}

/** 0 to below 1. */
function chance(seed: number, salt: number): number {
  return mix(seed, salt + 0x9e37) / 0x1_0000_0000;
}

/** @source the finalizer of MurmurHash3 */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
