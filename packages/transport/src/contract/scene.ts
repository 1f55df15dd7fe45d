import { expect, test } from 'vitest';

import { nodeId, type NodeId } from '../node-id.ts';
import { protocolName, type ProtocolName } from '../protocol-name.ts';
import type { Delivery, PeerEvent, Transport } from '../transport.ts';
import type { ContractClause, ContractOptions, TransportFixture } from './fixture.ts';

/** The protocol most tests speak. */
export const protocol: ProtocolName = protocolName('contract');

/** Rounds of `settle` after which something that has not happened counts as never. */
const ROUNDS_MAX = 5_000;

/** Runs one test of `clause` on a fixture of its own, or skips it with the declared reason. */
export type ClauseTest = (
  clause: ContractClause,
  behaviour: string,
  body: (scene: Scene) => Promise<void>,
) => void;

/** What the groups of tests are written with. */
export function clauseTests(
  createFixture: () => TransportFixture | Promise<TransportFixture>,
  options: ContractOptions,
): ClauseTest {
  return (clause, behaviour, body) => {
    const reason = options.exceptions?.[clause];
    if (reason !== undefined) {
      test.skip(`${clause} ${behaviour} (exception: ${reason})`, () => undefined);
      return;
    }
    test(`${clause} ${behaviour}`, async () => {
      const fixture = await createFixture();
      try {
        await body(new Scene(fixture));
      } finally {
        await fixture.dispose();
      }
    });
  };
}

/** One delivery with the bytes kept. */
export interface Kept {
  readonly from: NodeId;
  readonly incarnation: number;
  readonly bytes: Uint8Array;
  readonly receivedAtMs: number;
}

/** A fixture with what tests do with one. */
class Scene {
  readonly fixture: TransportFixture;
  /** What each node observed, by its id. */
  readonly #events = new Map<string, PeerEvent[]>();

  constructor(fixture: TransportFixture) {
    this.fixture = fixture;
  }

  /** Two connected nodes. */
  async pair(): Promise<readonly [left: Transport, right: Transport]> {
    const [left, right] = await this.#connect(['left', 'right']);
    if (left === undefined || right === undefined) throw new RangeError('expected two transports');
    return [left, right];
  }

  /** Three connected nodes. */
  async trio(): Promise<readonly [left: Transport, right: Transport, third: Transport]> {
    const [left, right, third] = await this.#connect(['left', 'right', 'third']);
    if (left === undefined || right === undefined || third === undefined) {
      throw new RangeError('expected three transports');
    }
    return [left, right, third];
  }

  /** The events of one kind that `localId` has observed about `peer`. */
  eventsAbout(localId: string, peer: string, kind: PeerEvent['kind']): readonly PeerEvent[] {
    return (this.#events.get(localId) ?? []).filter(
      (event) => event.kind === kind && event.peer === nodeId(peer),
    );
  }

  /** Lets time pass until `condition` holds; fails with `what` if it never does. */
  async until(what: string, condition: () => boolean): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && !condition(); round += 1) {
      await this.fixture.settle();
    }
    expect(condition(), what).toBe(true);
  }

  #connect(ids: readonly string[]): Promise<readonly Transport[]> {
    return this.fixture.connect(ids, (localId, event) => {
      const events = this.#events.get(localId) ?? [];
      this.#events.set(localId, events);
      events.push(event);
    });
  }
}

/** Keeps what is delivered to `transport` from now on. */
export function collect(transport: Transport, name: ProtocolName = protocol): readonly Kept[] {
  const kept: Kept[] = [];
  transport.subscribe(name, (delivery: Delivery) => {
    const { from, incarnation, payload, receivedAtMs } = delivery;
    kept.push({ from, incarnation, bytes: payload.slice(), receivedAtMs });
  });
  return kept;
}

/** A payload that says `index`, `sizeBytes` long, at least 4. */
export function numbered(index: number, sizeBytes = 4): Uint8Array {
  const payload = new Uint8Array(sizeBytes);
  new DataView(payload.buffer).setUint32(0, index);
  return payload;
}

/** The index that a numbered payload says. */
export function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
}

/** `sizeBytes` bytes that look random and are the same for the same `seed`. */
export function noise(seed: number, sizeBytes: number): Uint8Array {
  let state = (seed ^ 0x9e37_79b9) | 1;
  return Uint8Array.from({ length: sizeBytes }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}
