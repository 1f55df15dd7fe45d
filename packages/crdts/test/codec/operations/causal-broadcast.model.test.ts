/*
 * Goal: over a real causal broadcast, on a network that loses, doubles and reorders, operations
 * make the same states as deltas, at every delivery, and the same state everywhere in the end.
 *
 * Method: three nodes change a list now and then. Each message has an operation and, for the
 * comparison, the delta that it stands for; each node keeps a state of either kind.
 */
import { randomSchedule, seeds, Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';
import { ByteReader, ByteWriter } from '@quorate/transport/codec';
import { CausalBroadcast } from '@quorate/vector-clocks/broadcast';
import { expect, test } from 'vitest';

import { textCodec } from '../../../src/codec/key-codec.ts';
import { movableListCodec } from '../../../src/codec/movable-list-codec.ts';
import { movableListOperations } from '../../../src/codec/operations/movable-list-operations.ts';
import { type MovableList, movableList } from '../../../src/sequence/movable-list.ts';
import { hexOf } from '../../support/describe-type.ts';

const type = movableListOperations(textCodec);
const states = movableListCodec(textCodec);
const empty: MovableList<string> = movableList.bottom;
const shown = (state: MovableList<string>): string => hexOf(states.encode(state));

/** A node with a state by operations, and one by deltas. */
class TwofoldNode {
  byOperations = empty;
  byDeltas = empty;
  readonly broadcast: CausalBroadcast;

  constructor(
    options: Pick<
      ConstructorParameters<typeof CausalBroadcast>[0],
      'transport' | 'clock' | 'random' | 'incarnation'
    >,
  ) {
    this.broadcast = new CausalBroadcast({
      ...options,
      onDeliver: ({ origin, payload }) => {
        this.#receive(origin, payload);
      },
      onError: (error) => {
        throw error;
      },
    });
  }

  /** Publishes a change, if there is room. */
  change(draw: (below: number) => number): void {
    const id = this.broadcast.localId;
    const delta = this.#mutate(id, draw);
    const operation = type.prepare(this.byOperations, id, delta);
    if (operation === undefined) return;
    const writer = new ByteWriter();
    writer.lengthPrefixed(type.codec.encode(operation));
    writer.lengthPrefixed(states.encode(delta));
    this.broadcast.publish(writer.finish());
  }

  #mutate(id: string, draw: (below: number) => number): MovableList<string> {
    const state = this.byOperations;
    const length = movableList.length(state);
    const kind = draw(5);
    if (kind < 2 || length === 0) {
      return movableList.insert(state, id, draw(length + 1), ['x', 'y'].slice(kind % 2));
    }
    if (kind === 2) return movableList.remove(state, draw(length));
    if (kind === 3) return movableList.set(state, id, draw(length), `${draw(9)}`);
    return movableList.move(state, id, draw(length), draw(length));
  }

  #receive(origin: string, payload: Uint8Array): void {
    const reader = new ByteReader(payload);
    const operation = type.codec.decode(reader.lengthPrefixed());
    this.byOperations = type.effect(this.byOperations, origin, operation);
    this.byDeltas = movableList.join(this.byDeltas, states.decode(reader.lengthPrefixed()));
    expect(shown(this.byOperations)).toBe(shown(this.byDeltas));
  }
}

test.each(seeds(process.env['SEED'], 5))('operations over a broadcast (SEED=%i)', async (seed) => {
  const simulation = new Simulation({
    seed,
    sameTimeOrder: 'random',
    network: { delay: { kind: 'uniform', minMs: 1, maxMs: 60 } },
  });
  const ids = ['ann', 'bob', 'cem'].map((name): NodeId => nodeId(name));
  const nodes = new Map<NodeId, TwofoldNode>();
  for (const id of ids) {
    simulation.addNode(id, ({ transport, clock, random, incarnation }) => {
      const node = new TwofoldNode({ transport, clock, random, incarnation });
      nodes.set(id, node);
      node.broadcast.setMembers(
        1,
        ids.map((each) => ({ node: each, incarnation })),
      );
      const turn = (): void => {
        if (simulation.nowMs > 5_000) return;
        node.change((below) => random.int(below));
        clock.setTimer(1 + random.int(200), turn);
      };
      clock.setTimer(100, turn);
      return { stop: () => node.broadcast.close() };
    });
  }
  const untilMs = 5_000;
  simulation.schedule(
    randomSchedule(simulation.random, {
      ...{ nodeIds: ids, untilMs, faultyAtOnceMax: 2, lastsMsMin: 20, lastsMsMax: 1_000 },
      perMinute: { loss: 30, duplication: 30, replay: 30, delay: 30, isolate: 20, oneWay: 20 },
    }),
  );

  await simulation.run(untilMs);
  simulation.calm();
  await simulation.run(5_000);

  const ends = new Set([...nodes.values()].map(({ byOperations }) => shown(byOperations)));
  expect(ends.size).toBe(1);
  const [node] = nodes.values();
  expect(movableList.length(node?.byOperations ?? empty)).toBeGreaterThan(5);
});
