import { expect } from 'vitest';

import { protocolName } from '../protocol-name.ts';
import type { PeerEvent } from '../transport.ts';
import { collect, numbered, protocol, type ClauseTest, type Kept } from './scene.ts';

/** C6, C8, C9: beginnings and ends. */
export function describeLife(clause: ClauseTest): void {
  clause('C6', 'delivers nothing once close was called', async (scene) => {
    const [left, right] = await scene.pair();
    const received = [collect(left), collect(right)];
    for (let index = 0; index < 100; index += 1) {
      left.send(right.localId, protocol, numbered(index));
      left.send(left.localId, protocol, numbered(index));
    }
    const closing = Promise.all([left.close(), right.close()]);
    const before = received.map((list) => list.length);
    await closing;
    await scene.fixture.settle();
    expect(received.map((list) => list.length)).toEqual(before);
  });

  clause('C6', 'answers dropped after close, to peers and to itself', async (scene) => {
    const [left, right] = await scene.pair();
    await left.close();
    expect(left.send(right.localId, protocol, numbered(1))).toBe('dropped');
    expect(left.send(left.localId, protocol, numbered(1))).toBe('dropped');
    const tooLarge = new Uint8Array(left.capabilities.maxPayloadBytes + 1);
    expect(() => left.send(right.localId, protocol, tooLarge)).toThrow(RangeError);
  });

  clause('C6', 'closes twice, together, and from inside a listener', async (scene) => {
    const [left, right] = await scene.pair();
    const closed: Promise<void>[] = [];
    let deliveredCount = 0;
    right.subscribe(protocol, () => {
      deliveredCount += 1;
      closed.push(right.close(), right.close());
    });
    for (let index = 0; index < 10; index += 1) left.send(right.localId, protocol, numbered(index));
    await scene.until('delivered', () => closed.length > 0);
    await Promise.all(closed);
    await right.close();
    await scene.fixture.settle();
    expect(deliveredCount).toBe(1);
  });

  clause('C6', 'tells peers that a node has closed, and nobody else', async (scene) => {
    const [left, right, third] = await scene.trio();
    await right.close();
    await scene.until('seen', () => scene.eventsAbout('left', 'right', 'down').length > 0);
    await scene.until('seen', () => scene.eventsAbout('third', 'right', 'down').length > 0);
    expect(scene.eventsAbout('left', 'third', 'down')).toEqual([]);
    const received = collect(third);
    left.send(third.localId, protocol, numbered(1));
    await scene.until('delivered', () => received.length > 0);
  });

  clause('C8', 'two nodes that dial each other have one session', async (scene) => {
    const [left, right, third] = await scene.trio();
    await scene.fixture.settle();
    for (const node of [left, right, third]) {
      for (const peer of [left, right, third]) {
        if (peer === node) continue;
        expect(scene.eventsAbout(node.localId, peer.localId, 'up')).toHaveLength(1);
        expect(scene.eventsAbout(node.localId, peer.localId, 'down')).toEqual([]);
      }
    }
    const received = collect(right);
    left.send(right.localId, protocol, numbered(1));
    third.send(right.localId, protocol, numbered(2));
    await scene.until('both delivered', () => received.length >= 2);
    await scene.fixture.settle();
    expect(received).toHaveLength(2);
  });

  clause('C9', 'a restarted node comes with a newer incarnation', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    left.send(right.localId, protocol, numbered(1));
    await scene.until('delivered', () => received.length > 0);
    const reborn = await scene.fixture.restart?.('left');
    if (reborn === undefined) throw new RangeError('restart: expected the fixture to offer it');

    reborn.send(right.localId, protocol, numbered(2));
    await scene.until('delivered', () => received.length > 1);
    const [before, after] = received;
    expect(after?.incarnation).toBeGreaterThan(before?.incarnation ?? Infinity);
    const ups = scene.eventsAbout('right', 'left', 'up').map(incarnationOf);
    expect(ups).toEqual([before?.incarnation, after?.incarnation]);
  });

  clause('C9', 'nothing of an older incarnation comes after the newer', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    const echoed = protocolName('contract.echo');
    for (let index = 0; index < 500; index += 1)
      left.send(right.localId, protocol, numbered(index));
    const reborn = await scene.fixture.restart?.('left');
    if (reborn === undefined) throw new RangeError('restart: expected the fixture to offer it');

    const answers = collect(reborn, echoed);
    for (let index = 0; index < 50; index += 1) {
      reborn.send(right.localId, protocol, numbered(index));
      left.send(right.localId, protocol, numbered(index));
    }
    right.send(reborn.localId, echoed, numbered(1));
    const newest = (): number => received.at(-1)?.incarnation ?? 0;
    await scene.until('answered', () => answers.length > 0);
    const isNew = ({ incarnation }: Kept): boolean => incarnation === newest();
    await scene.until('delivered', () => received.filter(isNew).length >= 50);
    const incarnations = received.map(({ incarnation }) => incarnation);
    expect(incarnations).toEqual(incarnations.toSorted((before, after) => before - after));
  });
}

function incarnationOf(event: PeerEvent): number | undefined {
  return event.kind === 'up' ? event.incarnation : undefined;
}
