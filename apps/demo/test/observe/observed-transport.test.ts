import { Simulation } from '@quorate/simulation';
import { nodeId, protocolName } from '@quorate/transport';
import { expect, test } from 'vitest';

import { type NodeEvent, NodeEvents } from '../../src/observe/node-events.ts';
import { ObservedTransport } from '../../src/observe/observed-transport.ts';

const [left, right, stranger] = [nodeId('left'), nodeId('right'), nodeId('stranger')];
const protocol = protocolName('talk');

/** Two nodes, of which the left one is watched while it sends `count` messages in 100 ms. */
async function talk(count: number): Promise<{ events: NodeEvent[]; sender: ObservedTransport }> {
  const simulation = new Simulation({ seed: 1 });
  const published: NodeEvent[] = [];
  let sender: ObservedTransport | undefined;
  simulation.addNode(left, ({ transport, clock }) => {
    const events = new NodeEvents();
    events.subscribe((event) => published.push(event));
    const observed = new ObservedTransport(transport, {
      clock,
      events,
      describe: () => 'word',
      isBlocked: (peer) => peer === stranger,
    });
    sender = observed;
    for (let index = 0; index < count; index += 1) {
      clock.setTimer(500 + (index * 99) / count, () => {
        observed.send(right, protocol, Uint8Array.of(1, 2, 3));
      });
    }
    return {};
  });
  simulation.addNode(right, ({ transport }) => {
    transport.subscribe(protocol, () => undefined);
    return {};
  });
  await simulation.run(1_000);
  if (!sender) throw new Error('the left node did not start');
  return { events: published, sender };
}

test('counts every message and describes a few, spread over the window', async () => {
  const { events, sender } = await talk(1_000);
  expect(sender.traffic.get(right)).toMatchObject({ sentCount: 1_000, sentBytes: 3_000 });
  const [window] = events;
  if (window?.kind !== 'messages') throw new Error('expected a window of messages');
  expect(window.sent).toEqual([{ peer: right, count: 1_000, bytes: 3_000 }]);
  const offsets = window.samples.map(({ offsetMs }) => offsetMs);
  expect(offsets.length).toBeGreaterThan(15);
  expect(offsets.length).toBeLessThanOrEqual(32);
  expect(offsets[0]).toBe(0);
  expect(offsets.at(-1)).toBeGreaterThan(90);
  const gaps = offsets.slice(1).map((offsetMs, index) => offsetMs - (offsets[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(2 * Math.min(...gaps));
});

test('describes all of them when they are few', async () => {
  const { events } = await talk(5);
  expect(events).toHaveLength(1);
  expect(events[0]).toHaveProperty('samples.length', 5);
  expect(events[0]).toHaveProperty('samples.0', {
    to: right,
    type: 'word',
    bytes: 3,
    offsetMs: 0,
    fate: 'sent',
  });
});

test('says what did not leave, and why', async () => {
  const { sender } = await talk(0);
  expect(sender.send(stranger, protocol, Uint8Array.of(1))).toBe('dropped');
  expect(sender.traffic.get(stranger)).toMatchObject({ sentCount: 0, refusedCount: 1 });
});
