/**
 * Goal: replicas that have exchanged everything show the same; what a listener is told is enough to
 * keep a plain copy; every version that was can be seen again.
 *
 * Method: three replicas with a schema of everything edit, undo, redo, and exchange updates in
 * random order. Each has a mirror, a plain copy that is kept up to date by changes alone and is
 * compared after every step. Now and then a version is noted, with what it showed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { JsonDocument, UndoManager } from '../../src/document/index.ts';
import { board, type Board, type Draw, drawsFrom, edit } from '../support/board.ts';
import { Mirror } from '../support/mirror.ts';

interface Peer {
  readonly document: Board;
  readonly manager: UndoManager;
  readonly mirror: Mirror;
}

function peer(replicaId: string): Peer {
  const document = new JsonDocument({ replicaId, schema: board });
  const mirror = new Mirror(document.toJSON());
  document.onChange(({ changes }) => mirror.apply(changes));
  return { document, manager: new UndoManager(document, { stepCountMax: 20 }), mirror };
}

function exchange(from: Board, to: Board): void {
  to.applyAll(from.updatesSince(to.encodeVersion()));
}

function step(peers: readonly Peer[], draw: Draw): void {
  const { document, manager } = peers[draw(peers.length)]!;
  const action = draw(12);
  if (action < 6) edit(document, draw);
  else if (action === 6) {
    document.transact(() => {
      for (let count = draw(5); count >= 0; count -= 1) edit(document, draw);
    });
  } else if (action === 7) manager.undo();
  else if (action === 8) manager.redo();
  else exchange(peers[draw(peers.length)]!.document, document);
}

function run(draws: readonly number[]): void {
  const { draw, drawnCount } = drawsFrom(draws);
  const peers = ['b', 'a', 'c'].map(peer);
  const seen: { readonly peer: Peer; readonly version: Uint8Array; readonly json: unknown }[] = [];
  while (drawnCount() < draws.length) {
    step(peers, draw);
    for (const { document, mirror } of peers) expect(mirror.json).toEqual(document.toJSON());
    const noted = peers[draw(peers.length)]!;
    if (draw(10) > 0) continue;
    const { document } = noted;
    seen.push({ peer: noted, version: document.encodeVersion(), json: document.toJSON() });
  }
  for (const from of peers) for (const to of peers) exchange(from.document, to.document);
  for (const from of peers) for (const to of peers) exchange(from.document, to.document);
  const [first] = peers;
  for (const { document, mirror } of peers) {
    expect(document.toJSON()).toEqual(first!.document.toJSON());
    expect(mirror.json).toEqual(document.toJSON());
    expect(document.encodeVersion()).toEqual(first!.document.encodeVersion());
  }
  for (const { peer: noted, version, json } of seen) {
    const past = noted.document.checkout(version, { replicaId: 'past' });
    expect(past.toJSON()).toEqual(json);
    const mirror = new Mirror(json);
    mirror.apply(noted.document.diff(version));
    expect(mirror.json).toEqual(noted.document.toJSON());
  }
}

const runs = Number(process.env['CRDTS_FUZZ_RUNS'] ?? 60);

test('replicas agree, mirrors follow, versions come back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 1_000_000 }), { minLength: 10, maxLength: 600, size: 'max' }),
      (draws) => {
        run(draws);
      },
    ),
    { numRuns: runs },
  );
});
