import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DeltaBuffer, type DeltaInterval, DeltaReceipts } from '../../src/delivery/delta-buffer.ts';
import { type GSet, gSet } from '../../src/plain/g-set.ts';

const setOf = (...elements: readonly string[]): GSet =>
  elements.reduce((state, element) => gSet.join(state, gSet.add(state, element)), gSet.bottom);

const buffer = (source: string, deltaCountMax = 1_000): DeltaBuffer<GSet> =>
  new DeltaBuffer({ lattice: gSet, source, deltaCountMax });

describe('a buffer', () => {
  test('sends what is not acknowledged, and again until it is', () => {
    const sent = buffer('a');
    sent.acknowledge('b', 0);
    for (const element of ['x', 'y', 'z']) sent.add(setOf(element));
    expect(sent.intervalFor('b', setOf())).toEqual({
      source: 'a',
      after: 0,
      upTo: 3,
      state: setOf('x', 'y', 'z'),
    });
    sent.acknowledge('b', 2);
    expect(sent.intervalFor('b', setOf())?.state).toEqual(setOf('z'));
    sent.acknowledge('b', 1);
    expect(sent.intervalFor('b', setOf())?.after).toBe(2);
    sent.acknowledge('b', 3);
    expect(sent.intervalFor('b', setOf())).toBe(undefined);
  });

  test('drops what all have acknowledged', () => {
    const sent = buffer('a');
    sent.acknowledge('b', 0);
    sent.acknowledge('c', 0);
    for (const element of ['x', 'y', 'z']) sent.add(setOf(element));
    sent.acknowledge('b', 3);
    expect(sent.size).toBe(3);
    sent.acknowledge('c', 2);
    expect(sent.size).toBe(1);
    sent.remove('c');
    expect(sent.size).toBe(0);
    expect(sent.last).toBe(3);
  });

  test('sends the whole state to who is new, was removed, or lacks more than is kept', () => {
    const sent = buffer('a', 2);
    sent.acknowledge('b', 0);
    for (const element of ['x', 'y', 'z']) sent.add(setOf(element));
    const whole = setOf('w', 'x', 'y', 'z');
    const interval = { source: 'a', after: 0, upTo: 3, state: whole };
    expect(sent.intervalFor('b', whole)).toEqual(interval);
    expect(sent.intervalFor('new', whole)).toEqual(interval);
    sent.acknowledge('b', 2);
    sent.remove('b');
    expect(sent.intervalFor('b', whole)).toEqual(interval);
  });

  test.each([-1, 1, NaN])('refuses the acknowledgement of %s where nothing was sent', (upTo) => {
    expect(() => buffer('a').acknowledge('b', upTo)).toThrow(RangeError);
  });

  test('refuses limits that are none', () => {
    expect(() => buffer('a', -1)).toThrow(RangeError);
    expect(() => buffer('', 1)).toThrow(RangeError);
  });
});

describe('receipts', () => {
  test('join what follows, know what came, and leave what comes too early', () => {
    const receipts = new DeltaReceipts();
    expect(receipts.receive({ source: 'a', after: 2, upTo: 3 })).toBe('gap');
    expect(receipts.receive({ source: 'a', after: 0, upTo: 2 })).toBe('join');
    expect(receipts.receive({ source: 'a', after: 0, upTo: 2 })).toBe('known');
    expect(receipts.receive({ source: 'a', after: 1, upTo: 3 })).toBe('join');
    expect([receipts.upTo('a'), receipts.upTo('b')]).toEqual([3, 0]);
    receipts.forget('a');
    expect(receipts.upTo('a')).toBe(0);
  });

  test('join the whole state of who has changed nothing', () => {
    expect(new DeltaReceipts().receive({ source: 'a', after: 0, upTo: 0 })).toBe('join');
  });
});

test('over a network that loses, repeats and reorders, no effect is seen without its cause', () => {
  const step = fc.record({
    kind: fc.constantFrom('add', 'add', 'send', 'send', 'send', 'deliver', 'deliver', 'lose'),
    from: fc.nat(2),
    to: fc.nat(2),
    choice: fc.nat(99),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), fc.nat(4), (steps, limit) => {
      const ids = ['a', 'b', 'c'];
      const states = ids.map(() => gSet.bottom);
      const buffers = ids.map((id) => buffer(id, limit));
      const receipts = ids.map(() => new DeltaReceipts());
      /** What the author of each element had seen. */
      const causes = new Map<string, GSet>();
      const network: { to: number; interval: DeltaInterval<GSet> }[] = [];
      const take = (to: number, interval: DeltaInterval<GSet>): void => {
        const from = ids.indexOf(interval.source);
        if (receipts[to]!.receive(interval) === 'join') {
          if (!gSet.leq(interval.state, states[to]!)) buffers[to]!.add(interval.state);
          states[to] = gSet.join(states[to]!, interval.state);
        }
        buffers[from]!.acknowledge(ids[to]!, receipts[to]!.upTo(interval.source));
      };
      for (const { kind, from, to, choice } of steps) {
        const flying = choice % Math.max(1, network.length);
        if (kind === 'add') {
          const element = `${causes.size}`;
          causes.set(element, states[from]!);
          const delta = setOf(element);
          buffers[from]!.add(delta);
          states[from] = gSet.join(states[from]!, delta);
        } else if (kind === 'send' && from !== to) {
          const interval = buffers[from]!.intervalFor(ids[to]!, states[from]!);
          if (interval !== undefined) network.push({ to, interval });
        } else if (kind === 'lose') {
          network.splice(flying, 1);
        } else if (kind === 'deliver') {
          const message = network[flying];
          // Every third message stays on its way and comes again.
          if (choice % 3 > 0) network.splice(flying, 1);
          if (message !== undefined) take(message.to, message.interval);
        }
        for (const state of states) {
          const lacks = (element: string): boolean => !gSet.leq(causes.get(element)!, state);
          expect([...gSet.elements(state)].filter(lacks)).toEqual([]);
        }
      }
      const pairs = ids.flatMap((_, from) => ids.map((_, to) => [from, to] as const));
      for (const [from, to] of [...pairs, ...pairs, ...pairs]) {
        if (from === to) continue;
        const interval = buffers[from]!.intervalFor(ids[to]!, states[from]!);
        if (interval !== undefined) take(to, interval);
      }
      for (const state of states) expect(state).toEqual(setOf(...causes.keys()));
    }),
    { numRuns: 50 },
  );
});
