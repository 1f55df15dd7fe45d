/**
 * Goal: whatever a few people do to a text with all that it can do, they agree in the end, and
 * nobody was told anything else than what there was to see.
 *
 * Method: each types, marks, fails in the middle of a transaction, reads what arrived in another
 * order, twice or not at all, sends what somebody lacked long ago in pieces of any size, is saved
 * and loaded under a new id, becomes a copy of another one. Each keeps a mirror by patches alone,
 * and an editor that corrects what arrives. Now and then all are in step, and one drops its past.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { positionOf } from '../../src/text/cursors.ts';
import { runs } from '../../src/text/marking.ts';
import { authorships } from '../../src/text/past.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { type Draw, drawsFrom } from '../support/board.ts';
import { TextPeer } from '../support/text-peer.ts';

const runCount = Number(process.env['CRDTS_FUZZ_RUNS'] ?? 60);

class Group {
  readonly peers: TextPeer[] = [];
  readonly #draw: Draw;
  readonly #versions: Uint8Array[] = [new Uint8Array(0)];

  constructor(count: number, draw: Draw) {
    this.#draw = draw;
    for (let at = 0; at < count; at += 1) {
      const peer: TextPeer = new TextPeer('cab'[at] ?? `p${at}`, (update) => {
        this.#spread(peer, update);
      });
      this.peers.push(peer);
    }
  }

  step(): void {
    const draw = this.#draw;
    const peer = this.#any();
    const action = draw(24);
    if (action < 10) peer.edit(draw);
    else if (action < 12) peer.transact(draw);
    else if (action < 16) peer.read(draw);
    else if (action === 16) peer.note();
    else if (action === 17) peer.place(draw);
    else if (action === 18) this.#versions.push(peer.document.encodeVersion());
    else if (action === 19) peer.become(peer.document.save());
    else if (action === 20) this.#copy(peer, this.#any());
    else if (action === 21) this.#dropPast(peer);
    else this.#catchUp(peer, this.#any());
  }

  /** All get everything, from whoever has it still. */
  heal(): void {
    for (const peer of this.peers) peer.corrections = 0;
    for (let round = 0; round < 2; round += 1) {
      for (const from of this.peers) for (const to of this.peers) heal(from, to);
    }
  }

  #any(): TextPeer {
    return this.peers[this.#draw(this.peers.length)]!;
  }

  #copy(to: TextPeer, from: TextPeer): void {
    // What nobody else has would be lost, and what was told of it would wait for ever.
    heal(to, from);
    to.seen.push(...from.seen);
    to.isShallow = from.isShallow;
    to.become(from.document.save());
  }

  /** What is told is lost, comes once, or twice. */
  #spread(from: TextPeer, update: Uint8Array): void {
    for (const to of this.peers) {
      if (to === from) continue;
      for (let count = this.#draw(3); count > 0; count -= 1) to.inbox.push(update);
    }
  }

  #catchUp(from: TextPeer, to: TextPeer): void {
    if (from.isShallow) return;
    const draw = this.#draw;
    const version =
      draw(2) === 0
        ? to.document.encodeVersion()
        : (this.#versions[draw(this.#versions.length)] ?? new Uint8Array(0));
    const updates = from.document.updatesSince(version, 8 + draw(200));
    for (const update of updates) if (draw(8) > 0) to.inbox.push(update);
  }

  /** Only if all are in step: otherwise somebody else needs it. */
  #dropPast(peer: TextPeer): void {
    this.heal();
    peer.isShallow = true;
    peer.become(saveShallow(peer.document));
  }
}

function heal(from: TextPeer, to: TextPeer): void {
  to.document.applyAll(from.document.updatesSince(to.document.encodeVersion(), 50));
}

function shown(document: TextDocument): unknown {
  return runs(document).map(({ start, end, marks }) => [start, end, [...marks]]);
}

function check(group: Group): void {
  const [first] = group.peers;
  for (const peer of group.peers) {
    const { document } = peer;
    expect(document.toString()).toBe(first!.document.toString());
    expect(document.toString().isWellFormed()).toBe(true);
    expect(peer.mirror).toBe(document.toString());
    expect(document.waitingCount).toBe(0);
    expect(document.encodeVersion()).toEqual(first!.document.encodeVersion());
    for (const { cursor, isShallow } of group.peers) {
      if (cursor === undefined || isShallow || peer.isShallow) continue;
      const position = positionOf(document, cursor);
      const full = group.peers.find((one) => !one.isShallow);
      expect(position).toBe(full === undefined ? -1 : positionOf(full.document, cursor));
    }
    peer.checkPast();
    const again = TextDocument.load(document.save(), { replicaId: 'again' });
    expect(again.save()).toEqual(document.save());
    expect(shown(again)).toEqual(shown(document));
    expect(shown(document)).toEqual(shown(first!.document));
  }
  const whole = group.peers.filter(({ isShallow }) => !isShallow);
  for (const { document } of whole) {
    expect(document.canonicalBytes()).toEqual(whole[0]!.document.canonicalBytes());
    expect(authorships(document)).toEqual(authorships(whole[0]!.document));
  }
}

test('texts with everything at once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }),
      fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 800, size: 'max' }),
      (count, draws) => {
        const { draw, drawnCount } = drawsFrom(draws);
        const group = new Group(count, draw);
        while (drawnCount() < draws.length) {
          group.step();
          for (const { mirror, document } of group.peers) expect(mirror).toBe(String(document));
        }
        group.heal();
        group.heal();
        check(group);
      },
    ),
    { numRuns: runCount, endOnFailure: process.env['RAW'] !== undefined },
  );
});
