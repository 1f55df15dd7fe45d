/**
 * Goal: whatever a few people do to a document with all that it can do, they agree in the end, and
 * nobody was told anything else than what there was to see.
 *
 * Method: each edits everything, marks, undoes, redoes, fails in the middle of a transaction, reads
 * what arrived in another order, twice or not at all, sends what somebody lacked long ago in pieces
 * of any size, is saved and loaded under a new id, becomes a copy of another one. Each keeps a
 * mirror by changes alone, and a listener that edits.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { JsonDocument, runs as runsOf } from '../../src/document/index.ts';
import { board, type Draw, drawsFrom } from '../support/board.ts';
import { JsonPeer } from '../support/json-peer.ts';

const runs = Number(process.env['CRDTS_FUZZ_RUNS'] ?? 40);

class Group {
  readonly peers: JsonPeer[] = [];
  readonly #draw: Draw;
  readonly #versions: Uint8Array[] = [new Uint8Array(0)];

  constructor(count: number, draw: Draw) {
    this.#draw = draw;
    for (let at = 0; at < count; at += 1) {
      const peer: JsonPeer = new JsonPeer('cab'[at] ?? `p${at}`, (update) => {
        this.#spread(peer, update);
      });
      this.peers.push(peer);
    }
  }

  step(): void {
    const draw = this.#draw;
    const peer = this.#any();
    const action = draw(26);
    if (action < 10) peer.edit(draw);
    else if (action < 12) peer.transact(draw);
    else if (action < 15) peer.read(draw);
    else if (action < 17) peer.undo.undo();
    else if (action === 17) peer.undo.redo();
    else if (action === 18) peer.note();
    else if (action === 19) this.#versions.push(peer.document.encodeVersion());
    else if (action === 20) peer.become(peer.document.save());
    else if (action === 21) this.#copy(peer, this.#any());
    else this.#catchUp(peer, this.#any());
  }

  /** All get everything. */
  heal(): void {
    for (const peer of this.peers) peer.corrections = 0;
    for (let round = 0; round < 3; round += 1) {
      for (const from of this.peers) for (const to of this.peers) heal(from, to);
    }
  }

  #any(): JsonPeer {
    return this.peers[this.#draw(this.peers.length)]!;
  }

  #copy(to: JsonPeer, from: JsonPeer): void {
    // What nobody else has would be lost, and what was told of it would wait for ever.
    heal(to, from);
    to.seen.push(...from.seen);
    to.become(from.document.save());
  }

  /** What is told is lost, comes once, or twice. */
  #spread(from: JsonPeer, update: Uint8Array): void {
    for (const to of this.peers) {
      if (to === from) continue;
      for (let count = this.#draw(3); count > 0; count -= 1) to.inbox.push(update);
    }
  }

  #catchUp(from: JsonPeer, to: JsonPeer): void {
    const draw = this.#draw;
    const version =
      draw(2) === 0
        ? to.document.encodeVersion()
        : (this.#versions[draw(this.#versions.length)] ?? new Uint8Array(0));
    const updates = from.document.updatesSince(version, 8 + draw(300));
    for (const update of updates) if (draw(8) > 0) to.inbox.push(update);
  }
}

function heal(from: JsonPeer, to: JsonPeer): void {
  to.document.applyAll(from.document.updatesSince(to.document.encodeVersion(), 50));
}

function marks({ root }: { root: JsonPeer['document']['root'] }): unknown {
  return runsOf(root.title).map(({ start, end, marks: of }) => [start, end, [...of]]);
}

function check({ peers }: Group): void {
  const [first] = peers;
  for (const peer of peers) {
    const { document } = peer;
    expect(document.toJSON()).toEqual(first!.document.toJSON());
    expect(peer.mirror.json).toEqual(document.toJSON());
    expect(document.waitingCount).toBe(0);
    expect(document.encodeVersion()).toEqual(first!.document.encodeVersion());
    expect(marks(document)).toEqual(marks(first!.document));
    expect(document.root.title.authors()).toEqual(first!.document.root.title.authors());
    peer.checkPast();
    const again = JsonDocument.load(document.save(), { replicaId: 'again', schema: board });
    expect(again.save()).toEqual(document.save());
    expect(again.toJSON()).toEqual(document.toJSON());
    expect(marks(again)).toEqual(marks(document));
  }
}

test('documents with everything at once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }),
      fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 800, size: 'max' }),
      (count, draws) => {
        const { draw, drawnCount } = drawsFrom(draws);
        const group = new Group(count, draw);
        while (drawnCount() < draws.length) {
          group.step();
          for (const { mirror, document } of group.peers) {
            expect(mirror.json).toEqual(document.toJSON());
          }
        }
        group.heal();
        check(group);
      },
    ),
    { numRuns: runs, endOnFailure: process.env['RAW'] !== undefined },
  );
});
