import { nodeId } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { Replicator } from '../../src/replicator/replicator.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { ManualClock } from '../support/manual-clock.ts';

function stage() {
  const clock = new ManualClock();
  const network = new MemoryNetwork({ clock, maxPayloadBytes: 1_200 });
  const problems: string[] = [];
  const join = (name: string, note: TextDocument) => {
    const other = new TextDocument({ replicaId: `${name} other` });
    const replicator = new Replicator({
      transport: network.join(nodeId(name)),
      clock,
      random: seededRandom(name.length),
      onProblem: ({ kind, document, peer }) => problems.push(`${name} ${kind} ${document} ${peer}`),
      onError: (error) => problems.push(String(error)),
    });
    replicator.attach('note', note);
    replicator.attach('other', other);
    return { note, other };
  };
  return { clock, join, problems };
}

test('a peer that has trimmed what others wrote beside says so; all else goes on', async () => {
  const { clock, join, problems } = stage();
  const origin = new TextDocument({ replicaId: 'origin' });
  origin.insert(0, 'one two three');
  const old = origin.fork({ replicaId: 'old' });
  origin.delete(4, 4);
  const trimmed = TextDocument.load(saveShallow(origin), { replicaId: 'trimmed' });
  old.insert(0, '> ');
  const late = join('old', old);
  const short = join('short', trimmed);
  await clock.advance(10_000);
  expect(problems).toEqual(expect.arrayContaining(['short beforeHistory note old']));
  expect(problems.every((problem) => problem.includes('beforeHistory note'))).toBe(true);
  expect(trimmed.toString()).toBe('one three');
  expect(old.toString()).toBe('> one two three');
  late.other.insert(0, 'a');
  short.other.insert(0, 'b');
  await clock.advance(10_000);
  expect(late.other.toString()).toHaveLength(2);
  expect(short.other.toString()).toBe(late.other.toString());
  const count = problems.length;
  await clock.advance(60_000);
  expect(problems).toHaveLength(count);
});

test('what throws in a listener is reported, and arrives all the same', async () => {
  const { clock, join, problems } = stage();
  const ann = join('ann', new TextDocument({ replicaId: 'ann' }));
  const bob = join('bob', new TextDocument({ replicaId: 'bob' }));
  const eve = join('eve', new TextDocument({ replicaId: 'eve' }));
  bob.note.onChange(() => {
    throw new Error('listener');
  });
  await clock.advance(1_000);
  ann.note.insert(0, 'text');
  await clock.advance(10_000);
  for (const { note } of [ann, bob, eve]) expect(note.toString()).toBe('text');
  expect(new Set(problems)).toEqual(new Set(['Error: listener']));
});
