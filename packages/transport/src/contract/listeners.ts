import { expect } from 'vitest';

import { protocolName } from '../protocol-name.ts';
import { collect, numbered, numberIn, protocol, type ClauseTest } from './scene.ts';

/** C10, C11: listeners that are missing, throw, come late, come twice, go. */
export function describeListeners(clause: ClauseTest): void {
  clause('C10', 'ignores messages that nobody listens to', async (scene) => {
    const [left, right] = await scene.pair();
    const received = collect(right);
    const unknown = protocolName('contract.unknown');
    for (let index = 0; index < 20; index += 1) {
      left.send(right.localId, unknown, numbered(index));
      left.send(left.localId, unknown, numbered(index));
      left.send(right.localId, protocol, numbered(index));
    }
    await scene.until('the known ones are delivered', () => received.length >= 20);
    expect(scene.fixture.errors).toEqual([]);

    const late = collect(right, unknown);
    await scene.until('the next unknown one is known', () => {
      left.send(right.localId, unknown, numbered(99));
      return late.length > 0;
    });
    expect(late.every(({ bytes }) => numberIn(bytes) === 99)).toBe(true);
  });

  clause('C10', 'keeps hundreds of protocols apart', async (scene) => {
    const [left, right] = await scene.pair();
    const names = Array.from({ length: 300 }, (_, index) => protocolName(`contract.p${index}`));
    const received = names.map((name) => collect(right, name));
    names.forEach((name, index) => left.send(right.localId, name, numbered(index)));
    await scene.until('all delivered', () => received.every((list) => list.length > 0));
    const numbers = received.map((list) => list.map(({ bytes }) => numberIn(bytes)));
    expect(numbers).toEqual(names.map((_, index) => [index]));
  });

  clause('C11', 'a listener that throws is reported and kills nothing', async (scene) => {
    const [left, right] = await scene.pair();
    const failure = new Error('thrown by a listener');
    const other = protocolName('contract.other');
    const received = collect(right, other);
    let count = 0;
    right.subscribe(protocol, () => {
      count += 1;
      throw failure;
    });
    for (let index = 0; index < 5; index += 1) {
      left.send(right.localId, protocol, numbered(index));
      left.send(right.localId, other, numbered(index));
    }
    await scene.until('all delivered', () => count >= 5 && received.length >= 5);
    expect(scene.fixture.errors.filter((error) => error === failure)).toHaveLength(count);
    expect(scene.eventsAbout('left', 'right', 'down')).toEqual([]);
  });

  clause(
    'C11',
    'an observer that throws is reported and keeps no other from knowing',
    async (scene) => {
      const [left, right] = await scene.pair();
      const failure = new Error('thrown by an observer');
      let isTold = false;
      left.observePeers(() => {
        throw failure;
      });
      left.observePeers(() => {
        isTold = true;
      });
      await right.close();
      await scene.until('told', () => isTold);
      expect(scene.fixture.errors).toContain(failure);
    },
  );

  clause('C11', 'refuses a second listener, until the first has gone', async (scene) => {
    const [left, right] = await scene.pair();
    const first: number[] = [];
    const unsubscribe = right.subscribe(protocol, ({ payload }) => {
      first.push(numberIn(payload));
      unsubscribe();
    });
    expect(() => right.subscribe(protocol, () => undefined)).toThrow(RangeError);
    left.send(right.localId, protocol, numbered(1));
    await scene.until('delivered', () => first.length > 0);

    const second = collect(right);
    unsubscribe();
    left.send(right.localId, protocol, numbered(2));
    await scene.until('delivered to the second', () => second.length > 0);
    expect(first).toEqual([1]);
  });

  clause('C11', 'an observer that has unsubscribed hears nothing more', async (scene) => {
    const [left, right] = await scene.pair();
    let count = 0;
    const unsubscribe = left.observePeers(() => (count += 1));
    unsubscribe();
    unsubscribe();
    await right.close();
    await scene.until('others hear', () => scene.eventsAbout('left', 'right', 'down').length > 0);
    expect(count).toBe(0);
  });
}
