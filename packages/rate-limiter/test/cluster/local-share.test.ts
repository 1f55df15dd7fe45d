import { expect, test } from 'vitest';

import { KeyLedger } from '../../src/cluster/key-ledger.ts';
import { LocalShare } from '../../src/cluster/local-share.ts';
import { gcra } from '../../src/policy.ts';

const policy = gcra({ name: 'p', limit: 100, windowMs: 1_000 });
const newShare = (): LocalShare =>
  new LocalShare(new KeyLedger({ keysMax: 10, stateBytesMax: 10_000 }), 700);
const of = (cost: number, headroom = 0) => ({ key: 'k', policy, cost, headroom });

test('a node alone admits its part, and says that it is alone', () => {
  const share = newShare();
  const admitted = { kind: 'admitted', reason: 'localShare', limit: 100, remaining: 5 };
  expect(share.take(of(20), 0.25, 0)).toMatchObject(admitted);
  const limited = { kind: 'limited', reason: 'localShare', limit: 100, retryAfterMs: 40 };
  expect(share.take(of(6), 0.25, 0)).toMatchObject(limited);
});

test('a part is not renewed by asking again later', () => {
  const share = newShare();
  share.take(of(25), 0.25, 0);
  expect(share.take(of(1), 0.25, 39)).toMatchObject({ kind: 'limited', retryAfterMs: 1 });
  expect(share.take(of(1), 0.25, 40).kind).toBe('admitted');
});

test('what is larger than the part may try the owner later; what is larger than all, never', () => {
  const share = newShare();
  expect(share.take(of(26), 0.25, 0)).toMatchObject({ reason: 'localShare', retryAfterMs: 700 });
  expect(share.take(of(1), 0.001, 0)).toMatchObject({ reason: 'localShare', retryAfterMs: 700 });
  const never = { reason: 'costAboveLimit', retryAfterMs: Infinity };
  expect(share.take(of(50, 51), 0.25, 0)).toMatchObject(never);
});

test('blocks, resets, and takes back by the part', () => {
  const share = newShare();
  share.take(of(25), 0.25, 0);
  share.giveBack({ key: 'k', policy, cost: 5, chargedAtMs: 0 }, 0.25, 0);
  expect(share.take(of(0), 0.25, 0)).toMatchObject({ remaining: 5 });
  share.block('k', policy, 100, 0);
  expect(share.take(of(1), 0.25, 0)).toMatchObject({ kind: 'limited', reason: 'blocked' });
  share.reset('k', policy, 0);
  expect(share.take(of(25), 0.25, 0).kind).toBe('admitted');
});
