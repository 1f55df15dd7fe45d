import type { Delivery, NodeId, PeerEvent, Transport } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { encodeIn } from '../../src/codec.ts';
import type { NodeMessage } from '../../src/codec/edge-messages.ts';
import type { RaftMessage } from '../../src/messages.ts';
import { Wire } from '../../src/node/wire.ts';
import { messageVersions, type ProtocolVersions } from '../../src/protocol-version.ts';
import { a, b } from '../support/lone-node.ts';

const heartbeat: RaftMessage = { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 1 };

/** A wire of node a, and node b in the hands of the test. */
class Scene {
  readonly sent: Uint8Array[] = [];
  readonly received: NodeMessage[] = [];
  readonly heard: number[] = [];
  readonly incompatible: (readonly [NodeId, number])[] = [];
  readonly wire: Wire;
  #deliver: ((delivery: Delivery) => void) | undefined;
  #tell: ((event: PeerEvent) => void) | undefined;

  constructor(versions: ProtocolVersions) {
    this.wire = new Wire(this.#transport(), versions, {
      onMessage: (_from, message) => this.received.push(message),
      onHeard: (_peer, spoken) => this.heard.push(spoken),
      onIncompatible: (peer, spoken) => this.incompatible.push([peer, spoken]),
    });
  }

  /** In which version a says something to b now. */
  get written(): number | undefined {
    this.wire.send(b, heartbeat);
    const bytes = this.sent.at(-1);
    return bytes === undefined ? undefined : messageVersions(bytes)?.written;
  }

  hear(written: number, spoken: number, incarnation = 1): void {
    this.deliver(encodeIn({ written, spoken }, heartbeat), incarnation);
  }

  deliver(payload: Uint8Array, incarnation = 1): void {
    this.#deliver?.({ from: b, incarnation, payload, receivedAtMs: 0 });
  }

  up(incarnation: number): void {
    this.#tell?.({ kind: 'up', peer: b, incarnation });
  }

  #transport(): Transport {
    return {
      localId: a,
      capabilities: {
        maxPayloadBytes: 65_536,
        ordering: 'none',
        mayDuplicate: true,
        authenticated: false,
        encrypted: false,
      },
      send: (_to, _protocol, payload) => {
        this.sent.push(payload);
        return 'accepted';
      },
      subscribe: (_protocol, listener) => {
        this.#deliver = listener;
        return () => (this.#deliver = undefined);
      },
      observePeers: (listener) => {
        this.#tell = listener;
        return () => (this.#tell = undefined);
      },
      close: () => Promise.resolve(),
    };
  }
}

describe('Wire', () => {
  test('speaks the lowest version to whom it has not heard, and says what it speaks', () => {
    const scene = new Scene({ min: 2, max: 4 });
    expect(scene.wire.versionOf(b)).toBeUndefined();
    scene.wire.send(b, heartbeat);
    expect(scene.sent.map(messageVersions)).toEqual([{ written: 2, spoken: 4 }]);
  });

  test.each([
    ['newer', 6, 4],
    ['as new', 4, 4],
    ['older', 3, 3],
  ])('speaks the highest common version to a peer that is %s', (_case, spoken, common) => {
    const scene = new Scene({ min: 1, max: 4 });
    scene.hear(1, spoken);
    expect(scene.written).toBe(common);
    expect(scene.wire.versionOf(b)).toBe(common);
    expect(scene.received).toEqual([heartbeat]);
  });

  test('begins anew with a peer that restarts, which may be older now', () => {
    const scene = new Scene({ min: 1, max: 4 });
    scene.hear(1, 4, 7);
    scene.up(7);
    expect(scene.written).toBe(4);
    scene.up(8);
    expect(scene.written).toBe(1);
    scene.hear(1, 2, 8);
    expect(scene.written).toBe(2);
    // What the earlier life still says does not count.
    scene.hear(1, 4, 7);
    expect(scene.written).toBe(2);
    scene.hear(1, 3, 9);
    expect(scene.written).toBe(3);
    expect(scene.heard).toEqual([4, 2, 3]);
  });

  test('drops and counts what only a newer version knows, and learns from its head', () => {
    const scene = new Scene({ min: 1, max: 4 });
    scene.deliver(Uint8Array.of(4, 9, 250, 1, 2, 3));
    expect(scene.received).toEqual([]);
    expect(scene.wire.malformedCount).toBe(1);
    expect(scene.incompatible).toEqual([]);
    expect(scene.written).toBe(4);
  });

  test.each([
    ['garbage', []],
    ['more garbage', [0, 0, 0]],
    ['a head that cannot be', [4, 3, 8, 1, 1]],
  ])('drops and counts %s, and learns nothing from it', (_case, bytes) => {
    const scene = new Scene({ min: 1, max: 4 });
    scene.deliver(Uint8Array.from(bytes));
    expect(scene.wire.malformedCount).toBe(1);
    expect(scene.wire.versionOf(b)).toBeUndefined();
    expect(scene.incompatible).toEqual([]);
  });

  test.each([
    ['a peer that is too old', 1, 1],
    ['a peer that is too new', 5, 6],
  ])('reports %s once for each of its lives', (_case, written, spoken) => {
    const scene = new Scene({ min: 2, max: 4 });
    scene.hear(written, spoken);
    scene.hear(written, spoken);
    expect(scene.incompatible).toEqual([[b, spoken]]);
    scene.hear(written, spoken, 2);
    expect(scene.incompatible).toHaveLength(2);
    expect(scene.received).toEqual([]);
    expect(scene.wire.malformedCount).toBe(3);
  });

  test('sends nothing to a peer that would not understand it', () => {
    const scene = new Scene({ min: 2, max: 4 });
    scene.hear(1, 1);
    expect(scene.wire.send(b, heartbeat)).toBe('unsupported');
    expect(scene.wire.unsupportedCount).toBe(1);
    expect(scene.sent).toEqual([]);
  });

  test('hears nothing after it was closed', () => {
    const scene = new Scene({ min: 1, max: 4 });
    scene.wire.close();
    scene.hear(1, 4);
    expect(scene.received).toEqual([]);
  });
});
