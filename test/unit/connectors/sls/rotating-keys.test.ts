import { describe, expect, it } from 'vitest';
import { rotatingKeys } from '../../../../src/connectors/sls/rotating-keys.ts';
import type { AccessCredentials } from '../../../../src/contracts/credentials.ts';

/** A provider that numbers its keys, under a clock that only the test moves. */
function rotation(lifeMs: number | undefined) {
  const state = { nowMs: 1_700_000_000_000, asked: 0, broken: false };
  const provider = (): Promise<AccessCredentials> => {
    state.asked++;
    if (state.broken) return Promise.reject(new Error('vault is sealed'));
    const key = { accessId: `id${state.asked}`, accessKey: 'hush', securityToken: 'token' };
    return Promise.resolve(lifeMs === undefined ? key : { ...key, expiresAtMs: state.nowMs + lifeMs });
  };
  return { state, keys: rotatingKeys('vault', provider, () => state.nowMs) };
}

describe('keys of a provider', () => {
  it('are asked for once, by many callers at once, until 60 s before they expire', async () => {
    const { state, keys } = rotation(600_000);
    const first = await Promise.all([keys(), keys()]);
    expect(first).toEqual(Array(2).fill({ accessId: 'id1', accessKey: 'hush', securityToken: 'token' }));
    state.nowMs += 539_999;
    expect((await keys()).accessId).toBe('id1');
    state.nowMs += 1;
    expect((await keys()).accessId).toBe('id2');
    expect(state.asked).toBe(2);
  });

  it('are asked for anew when the service refused them, and once for all who were refused', async () => {
    const { state, keys } = rotation(undefined);
    const old = await keys();
    state.nowMs += 1e12;
    expect(await keys()).toBe(old);
    const next = await Promise.all([keys(old), keys(old)]);
    expect(next.map((one) => one.accessId)).toEqual(['id2', 'id2']);
    expect((await keys(old)).accessId).toBe('id2');
    expect(state.asked).toBe(2);
  });

  it('stay in use while they are valid when no new ones can be had, unless they were refused', async () => {
    const { state, keys } = rotation(600_000);
    const old = await keys();
    state.broken = true;
    state.nowMs += 590_000;
    expect(await keys()).toBe(old);
    await expect(keys(old)).rejects.toThrow('credential provider "vault" failed: vault is sealed');
    state.nowMs += 10_000;
    await expect(keys()).rejects.toMatchObject({
      code: 'SLS_UNAUTHORIZED',
      hint: 'It must resolve to { accessId, accessKey, securityToken?, expiresAtMs? }.',
    });
  });

  it('that lack something are an error that does not show the rest', async () => {
    const answering = (answer: unknown) => rotatingKeys('vault', () => answer as AccessCredentials, Date.now)();
    for (const answer of [undefined, {}, { accessId: 'hush' }, { accessId: '', accessKey: 'hush' }]) {
      await expect(answering(answer)).rejects.toThrow(
        /^credential provider "vault" answered without accessId and accessKey$/,
      );
    }
    await expect(answering({ accessId: 'a', accessKey: 'hush', expiresAtMs: '2030' })).rejects.toThrow(
      /^credential provider "vault" answered an expiresAtMs that is no number of milliseconds$/,
    );
  });
});
