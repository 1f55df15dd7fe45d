/**
 * Goal: whatever the order in which two nodes' links, handshakes and failures are noticed, they end
 * up with one session, the same one, and say so exactly as often as needed.
 *
 * Method: both nodes dial, at random moments; the network delivers in a random order, keeping only
 * the order within each direction of each wire; wires break at random, at both ends, at one end, or
 * without anybody knowing. Then the faults stop.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { seededRandom } from '../src/seeded-random.ts';
import { say, story, VirtualNetwork, type Host } from './support/virtual-network.ts';

const seed = fc.integer({ min: 0, max: 2 ** 31 });

type Fault =
  | 'cut' // Nothing crosses any more, and both ends are told.
  | 'cutAtDialer' // The same, and one end is told.
  | 'cutAtAcceptor'
  | 'swallow' // The same, and nobody is.
  | 'resetAtDialer' // One end is told; the other reads what is under way and is told then.
  | 'resetAtAcceptor';

const fault = fc.record({
  kind: fc.constantFrom<Fault>(
    'cut',
    'cutAtDialer',
    'cutAtAcceptor',
    'swallow',
    'resetAtDialer',
    'resetAtAcceptor',
  ),
  afterSteps: fc.integer({ min: 0, max: 60 }),
  which: fc.nat(9),
});

function inject(network: VirtualNetwork, kind: Fault, which: number): void {
  const live = network.wires.filter(([dialer, acceptor]) => !dialer.isClosed && !acceptor.isClosed);
  const wire = live[which % Math.max(1, live.length)];
  if (wire === undefined) return;
  const [dialer, acceptor] = wire;
  if (kind === 'resetAtDialer' || kind === 'resetAtAcceptor') {
    (kind === 'resetAtDialer' ? dialer : acceptor).reset();
    return;
  }
  for (const end of wire) end.isSwallowing = true;
  if (kind === 'cut' || kind === 'cutAtDialer') dialer.drop(new Error(kind));
  if (kind === 'cut' || kind === 'cutAtAcceptor') acceptor.drop(new Error(kind));
}

function randomly(network: VirtualNetwork, from: number): void {
  const random = seededRandom(from);
  network.choose = (count) => random.int(count);
}

function duo(network: VirtualNetwork): readonly [Host, Host] {
  return [network.open('left'), network.open('right')];
}

/** Whether each end has one session and both are ends of one wire: what each says, both hear. */
function expectOneSession(network: VirtualNetwork, left: Host, right: Host): void {
  const open = network.wires.filter((wire) => wire.some((end) => !end.isClosed));
  expect(open).toHaveLength(1);
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    const before = to.received.length;
    expect(say(from, to, `from ${from.id}`)).toBe('accepted');
    network.run();
    expect(to.received.slice(before)).toEqual([`from ${from.id}`]);
    expect(story(from).at(-1)).toBe('up');
  }
}

describe('two nodes that dial each other', () => {
  test('come up once and stay up, in any order of events', () => {
    fc.assert(
      fc.property(seed, (from) => {
        const network = new VirtualNetwork();
        randomly(network, from);
        const [left, right] = duo(network);
        left.table.keepDialing(right.id);
        right.table.keepDialing(left.id);
        network.run();
        expect(story(left)).toEqual(['up']);
        expect(story(right)).toEqual(['up']);
        expectOneSession(network, left, right);
        network.advance(20_000, 500);
        expect(story(left)).toEqual(['up']);
      }),
      { numRuns: 300 },
    );
  });

  test('lose nothing that is sent once up was reported', () => {
    fc.assert(
      fc.property(seed, (from) => {
        const network = new VirtualNetwork();
        randomly(network, from);
        const [left, right] = duo(network);
        for (const [here, there] of [
          [left, right],
          [right, left],
        ] as const) {
          here.table.observePeers(({ kind }) => {
            if (kind === 'up') say(here, there, 'hello');
          });
          here.table.keepDialing(there.id);
        }
        network.run();
        expect(left.received).toEqual(['hello']);
        expect(right.received).toEqual(['hello']);
      }),
      { numRuns: 300 },
    );
  });

  test('have one session again after any faults', () => {
    fc.assert(
      fc.property(seed, fc.array(fault, { maxLength: 8 }), (from, faults) => {
        const network = new VirtualNetwork();
        randomly(network, from);
        const [left, right] = duo(network);
        left.table.keepDialing(right.id);
        right.table.keepDialing(left.id);
        for (const { kind, afterSteps, which } of faults) {
          for (let step = 0; step < afterSteps; step += 1) {
            if (!network.step()) network.clock.advance(20);
          }
          inject(network, kind, which);
        }
        network.advance(30_000, 100);
        expectOneSession(network, left, right);
        for (const host of [left, right]) {
          const kinds = story(host).map((line) => line.split(' ')[0]);
          expect(kinds).toEqual(kinds.map((_, index) => (index % 2 === 0 ? 'up' : 'down')));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('lose no more to one broken wire than the session it was', () => {
    const kinds = fc.constantFrom<Fault>('resetAtDialer', 'resetAtAcceptor');
    // The handshakes of both wires are under way in these steps.
    const steps = fc.integer({ min: 8, max: 30 });
    // Why these examples? The arbiter's first choice breaks at its own end, and the far end reads
    // the second choice, on another wire, before the first.
    const examples: [number, Fault, number, number][] = [
      [1_922_826_009, 'resetAtDialer', 17, 0],
      [465_089_415, 'resetAtDialer', 15, 0],
    ];
    fc.assert(
      fc.property(seed, kinds, steps, fc.nat(1), (from, kind, afterSteps, which) => {
        const network = new VirtualNetwork();
        randomly(network, from);
        const [left, right] = duo(network);
        left.table.keepDialing(right.id);
        right.table.keepDialing(left.id);
        for (let step = 0; step < afterSteps; step += 1) network.step();
        inject(network, kind, which);
        network.advance(1_000, 10);
        for (const host of [left, right]) {
          expect(story(host).filter((line) => line === 'up').length).toBeLessThanOrEqual(2);
        }
        expectOneSession(network, left, right);
      }),
      { numRuns: 1_000, examples },
    );
  });

  test('meet again within a redial when one end alone knows that the wire is dead', () => {
    const kinds = fc.constantFrom<Fault>('cutAtDialer', 'cutAtAcceptor');
    fc.assert(
      fc.property(seed, kinds, fc.boolean(), (from, kind, isBoth) => {
        const network = new VirtualNetwork();
        randomly(network, from);
        const [left, right] = duo(network);
        left.table.keepDialing(right.id);
        if (isBoth) right.table.keepDialing(left.id);
        network.run();
        const [, acceptor] = network.wires.find(([end]) => !end.isClosed) ?? [];
        // Whoever is told must be able to dial.
        if (!isBoth && kind === 'cutAtAcceptor') right.table.keepDialing(left.id);
        expect(acceptor?.isClosed).toBe(false);
        inject(network, kind, 0);
        network.advance(300, 10);
        expect(say(left, right, 'again')).toBe('accepted');
        network.run();
        expect(right.received).toEqual(['again']);
        expectOneSession(network, left, right);
      }),
      { numRuns: 200 },
    );
  });

  test('let a restarted node in at once, and its old self never again', () => {
    fc.assert(
      fc.property(seed, fc.boolean(), fc.nat(80), (from, isLeft, afterSteps) => {
        const network = new VirtualNetwork();
        randomly(network, from);
        const [left, right] = duo(network);
        left.table.keepDialing(right.id);
        right.table.keepDialing(left.id);
        for (let step = 0; step < afterSteps; step += 1) network.step();

        // The old process goes on, as one does that was only thought dead.
        const [old, other] = isLeft ? [left, right] : [right, left];
        const reborn = network.open(old.id, { incarnation: old.table.incarnation + 1 });
        reborn.table.keepDialing(other.id);
        network.run();
        expect(story(reborn)).toEqual(['up']);
        expect(story(other).at(-1)).toBe('up');
        const before = other.received.length;
        say(old, other, 'from the grave');
        say(reborn, other, 'alive');
        network.advance(60_000, 500);
        say(old, other, 'from the grave');
        network.run();
        expect(other.received.slice(before)).toEqual(['alive']);
        expect(story(reborn)).toEqual(['up']);
      }),
      { numRuns: 300 },
    );
  });
});
