import { describe, expect, test } from 'vitest';

import { frameKinds, urgentBit } from '../src/frame.ts';
import { protocolName } from '../src/protocol-name.ts';
import { frameBytes } from './support/frames.ts';
import { RawPeer } from './support/raw-peer.ts';
import { protocol, say, story, VirtualNetwork, type Host } from './support/virtual-network.ts';

const encoder = new TextEncoder();

/** A raw peer with a session to `left`, which has found no better way than sums in frames. */
function established(): {
  readonly network: VirtualNetwork;
  readonly left: Host;
  readonly raw: RawPeer;
} {
  const network = new VirtualNetwork();
  const left = network.open('left', { maxPayloadBytes: 1_200 });
  const raw = new RawPeer(network, left);
  raw.greet();
  raw.say(['confirm']);
  network.run();
  expect(story(left)).toEqual(['up']);
  return { network, left, raw };
}

/** One frame of the lane that is not urgent. */
function bulk(
  kind: number,
  sequence: number,
  { protocolNumber = 0, payload = new Uint8Array(0) } = {},
): Uint8Array {
  return frameBytes({ kind, protocolNumber, sequence, payload });
}

describe('an established session', () => {
  test('delivers a message under the name that was announced for its number', () => {
    const { network, left, raw } = established();
    raw.write(bulk(frameKinds.name, 0, { payload: encoder.encode(protocol) }));
    raw.write(bulk(frameKinds.data, 1, { payload: encoder.encode('hello') }));
    network.run();
    expect(left.received).toEqual(['hello']);
  });

  test('counts and skips frames of a kind or version it does not know', () => {
    const { network, left, raw } = established();
    raw.write(bulk(99, 0, { payload: encoder.encode('from the future') }));
    raw.write(bulk(frameKinds.block, 1));
    raw.write(bulk(frameKinds.name, 2, { payload: encoder.encode(protocol) }));
    raw.write(bulk(frameKinds.data, 3, { payload: encoder.encode('hello') }));
    network.run();
    expect(left.received).toEqual(['hello']);
    expect(left.table.stats().unknownFrameCount).toBe(2);
    expect(story(left)).toEqual(['up']);
  });

  test('counts and skips messages for a protocol without a listener, until there is one', () => {
    const { network, left, raw } = established();
    const late = protocolName('late');
    raw.write(bulk(frameKinds.name, 0, { payload: encoder.encode(late) }));
    raw.write(bulk(frameKinds.data, 1));
    network.run();
    expect(left.table.stats().unknownProtocolCount).toBe(1);
    let count = 0;
    const unsubscribe = left.table.subscribe(late, () => (count += 1));
    raw.write(bulk(frameKinds.data, 2));
    network.run();
    unsubscribe();
    raw.write(bulk(frameKinds.data, 3));
    network.run();
    expect(count).toBe(1);
    expect(left.table.stats().unknownProtocolCount).toBe(2);
  });

  test.each<[string, readonly Uint8Array[]]>([
    ['a number that was never announced', [bulk(frameKinds.data, 0)]],
    [
      'a number announced in the other lane',
      [
        frameBytes({
          kind: frameKinds.name | urgentBit,
          protocolNumber: 0,
          sequence: 3,
          payload: encoder.encode(protocol),
        }),
        bulk(frameKinds.data, 0),
      ],
    ],
    ['a gap in the numbers', [bulk(frameKinds.name, 0, { protocolNumber: 1 })]],
    ['a name that is too long', [bulk(frameKinds.name, 0, { payload: new Uint8Array(65) })]],
    ['a lost frame', [bulk(frameKinds.beat, 1)]],
    ['a repeated frame', [bulk(frameKinds.beat, 0), bulk(frameKinds.beat, 0)]],
    ['a payload beyond the limit', [bulk(99, 0, { payload: new Uint8Array(1_201) })]],
    ['a claimed payload of 4 GB', [bulk(frameKinds.data, 0).fill(0xff, 8, 12)]],
    ['a damaged frame', [bulk(frameKinds.beat, 0).fill(1, 13, 14)]],
    ['HTTP', [encoder.encode('GET / HTTP/1.1\r\n\r\n')]],
  ])('is reset by %s', (_what, chunks) => {
    const { network, left, raw } = established();
    for (const chunk of chunks) raw.write(chunk);
    network.run();
    expect(story(left)).toEqual(['up', 'down reset']);
    expect(raw.isClosed).toBe(true);
    expect(left.received).toEqual([]);
    expect(left.table.stats()).toMatchObject({ malformedStreamCount: 1, handshakeCount: 0 });
  });

  test('delivers nothing that follows its end in the same chunk', () => {
    const { network, left, raw } = established();
    const last = [
      bulk(frameKinds.name, 0, { payload: encoder.encode(protocol) }),
      bulk(frameKinds.data, 1, { payload: encoder.encode('before') }),
      bulk(frameKinds.bye, 2),
      bulk(frameKinds.data, 3, { payload: encoder.encode('after') }),
    ];
    raw.write(Uint8Array.from(last.flatMap((bytes) => [...bytes])));
    network.run();
    expect(left.received).toEqual(['before']);
    expect(story(left)).toEqual(['up', 'down closed']);
  });

  test('that a listener closes delivers nothing more, even of the same chunk', () => {
    const network = new VirtualNetwork();
    const [left, right] = network.mesh(['left', 'right']);
    if (!left || !right) throw new RangeError('expected two hosts');
    const closing = protocolName('closing');
    right.table.subscribe(closing, () => void right.table.close());
    left.table.send(right.id, closing, new Uint8Array(1));
    say(left, right, 'too late');
    network.run();
    expect(right.received).toEqual([]);
  });

  test('sends what was accepted before it says goodbye', () => {
    const network = new VirtualNetwork();
    const [left, right] = network.mesh(['left', 'right']);
    if (!left || !right) throw new RangeError('expected two hosts');
    const [wire] = network.wires.filter(([end]) => !end.isClosed);
    const [one, other] = wire ?? [];
    if (one === undefined || other === undefined) throw new RangeError('expected a wire');
    for (const end of [one, other]) end.isStalled = true;
    say(left, right, 'first');
    network.run();
    // These wait behind the write that is stuck.
    for (let index = 0; index < 100; index += 1) say(left, right, String(index));
    void left.table.close();
    network.run();
    expect(right.received).toEqual([]);
    one.resume();
    other.resume();
    network.run();
    expect(right.received).toHaveLength(101);
    expect(story(right)).toEqual(['up', 'down closed']);
  });

  test('holds back while the carrier does, and says once that it has drained', () => {
    const network = new VirtualNetwork();
    const options = { maxPayloadBytes: 1_200, maxQueueBytes: 20_000, highWaterBytes: 10_000 };
    const [left, right] = network.mesh(['left', 'right'], options);
    if (!left || !right) throw new RangeError('expected two hosts');
    const ends = network.wires.flat().filter((end) => !end.isClosed);
    for (const end of ends) end.isStalled = true;
    const outcomes: string[] = [];
    for (let index = 0; index < 30; index += 1) {
      outcomes.push(say(left, right, 'x'.repeat(984)));
      network.run();
    }
    const [accepted, pressured, dropped] = ['accepted', 'pressured', 'dropped'].map(
      (outcome) => outcomes.filter((other) => other === outcome).length,
    );
    expect([accepted, pressured, dropped]).toEqual([9, 8, 13]);
    expect(left.table.stats().peers[0]?.queuedBytes).toBe(17 * 1_000 + 20);
    expect(story(left)).toEqual(['up']);
    for (const end of ends) end.resume();
    network.run();
    expect(story(left)).toEqual(['up', 'drained']);
    expect(right.received).toHaveLength(17);
    expect(say(left, right, 'x')).toBe('accepted');
  });
});
