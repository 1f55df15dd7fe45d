import { expect } from 'vitest';

import { nodeId, type NodeId } from '../node-id.ts';
import type { SendOutcome, Transport } from '../transport.ts';
import { collect, numbered, numberIn, protocol, type ClauseTest } from './scene.ts';

/** C3, C4, C7: bugs of the caller, full queues, slow peers. */
export function describeLimits(clause: ClauseTest): void {
  clause('C3', 'throws for what is the fault of the caller', async (scene) => {
    const [left, right] = await scene.pair();
    const { maxPayloadBytes } = left.capabilities;
    expect(maxPayloadBytes).toBeGreaterThanOrEqual(1_200);
    for (const to of [left.localId, right.localId]) {
      const tooLarge = new Uint8Array(maxPayloadBytes + 1);
      expect(() => left.send(to, protocol, tooLarge)).toThrow(RangeError);
      for (const payload of notBytes) {
        expect(() => left.send(to, protocol, payload)).toThrow(TypeError);
      }
    }
  });

  clause('C3', 'answers dropped, and throws nothing, for a peer nobody knows', async (scene) => {
    const [left] = await scene.pair();
    for (const name of ['nobody', '__proto__', 'constructor', 'LEFT']) {
      expect(left.send(nodeId(name), protocol, numbered(0))).toBe('dropped');
    }
  });

  clause('C3', 'throws nothing while a peer goes away', async (scene) => {
    const [left, right] = await scene.pair();
    const closing = right.close();
    for (let index = 0; index < 100; index += 1)
      left.send(right.localId, protocol, numbered(index));
    await closing;
    await scene.until('seen', () => left.send(right.localId, protocol, numbered(0)) === 'dropped');
  });

  clause('C4', 'bounds its memory: pressured, then dropped, then drained once', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    const before = scene.eventsAbout('left', 'right', 'drained').length;
    const outcomes = flood(left, right.localId, scene.fixture.maxQueueBytes);
    const queued = outcomes.filter((outcome) => outcome !== 'dropped');
    expect(queued.length * FLOOD_BYTES).toBeLessThanOrEqual(scene.fixture.maxQueueBytes);
    expect(new Set(outcomes)).toEqual(new Set(['accepted', 'pressured', 'dropped']));
    // Once pressured, a queue that nobody empties does not become free again by itself.
    expect(outcomes).toEqual(outcomes.toSorted((one, other) => rank(one) - rank(other)));

    const drained = (): number => scene.eventsAbout('left', 'right', 'drained').length - before;
    await scene.until('drained', () => drained() > 0);
    await scene.until('delivered', () => received.length > 0);
    await scene.fixture.settle();
    expect(drained()).toBe(1);
    expect(left.send(right.localId, protocol, numbered(0))).toBe('accepted');
  });

  clause('C4', 'bounds what a node sends to itself as well', async (scene) => {
    const [left] = await scene.pair();
    const received = collect(left);
    const outcomes = flood(left, left.localId, scene.fixture.maxQueueBytes);
    expect(outcomes.at(-1)).toBe('dropped');
    const queuedCount = outcomes.filter((outcome) => outcome !== 'dropped').length;
    await scene.until('delivered', () => received.length >= queuedCount);
    expect(left.send(left.localId, protocol, numbered(0))).toBe('accepted');
  });

  clause('C7', 'a peer that does not read fills its own queue only', async (scene) => {
    const [left, right, third] = await scene.trio();
    const toRight = collect(right);
    const toThird = collect(third);
    const resume = scene.fixture.stall?.('right');
    if (resume === undefined) throw new RangeError('stall: expected the fixture to offer it');

    // Carriers buffer beyond our queue: it fills for good once they are full too.
    await scene.until('the queue to right is full', () => {
      const outcomes = flood(left, right.localId, scene.fixture.maxQueueBytes);
      return outcomes[0] === 'dropped';
    });
    for (let index = 0; index < 100; index += 1) {
      expect(left.send(third.localId, protocol, numbered(index))).toBe('accepted');
      await scene.fixture.settle();
    }
    await scene.until('third has all', () => toThird.length >= 100);

    resume();
    const accepts = (): boolean => left.send(right.localId, protocol, numbered(9)) === 'accepted';
    await scene.until('right reads again', accepts);
    await scene.until('delivered', () => toRight.some(({ bytes }) => numberIn(bytes) === 9));
  });
}

const FLOOD_BYTES = 1_000;

/** Sends a little more than the queue holds, in one turn of the event loop. */
function flood(from: Transport, to: NodeId, maxQueueBytes: number): readonly SendOutcome[] {
  const count = Math.ceil(maxQueueBytes / FLOOD_BYTES) + 1;
  return Array.from({ length: count }, (_, index) =>
    from.send(to, protocol, numbered(1_000 + index, FLOOD_BYTES)),
  );
}

function rank(outcome: SendOutcome): number {
  return ['accepted', 'pressured', 'dropped'].indexOf(outcome);
}

/** What plain JavaScript may pass for a payload. */
const notBytes = ['text', null, 7, {}, [1, 2], new ArrayBuffer(4)].filter(isTakenForBytes);

/** Tells the compiler a lie that no caller in TypeScript could tell. */
function isTakenForBytes(value: unknown): value is Uint8Array {
  return !(value instanceof Uint8Array);
}
