import { type NodeId, nodeId, protocolName } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { Awareness, type AwarenessChange } from '../../src/replicator/awareness.ts';
import type { AwarenessOptions } from '../../src/replicator/awareness-options.ts';
import { jsonPresence, presenceCodec } from '../../src/replicator/presence-codec.ts';
import type { PresenceEntry } from '../../src/replicator/presence-table.ts';
import { ManualClock } from '../support/manual-clock.ts';

const codec = jsonPresence((value) => {
  if (typeof value !== 'string') throw new TypeError('expected a text');
  return value;
});

type Tuning = Partial<AwarenessOptions<string>>;

function stage() {
  const clock = new ManualClock();
  const network = new MemoryNetwork({ clock, maxPayloadBytes: 1_200 });
  const join = (name: string, tuning: Tuning = {}) => {
    const transport = network.join(nodeId(name));
    const random = seededRandom(1);
    const awareness = new Awareness({ transport, clock, random, codec, ...tuning });
    const changes: AwarenessChange[] = [];
    awareness.onChange((change) => changes.push(change));
    return { transport, awareness, changes };
  };
  const protocol = protocolName('crdts-awareness/default');
  const puppet = (name: string) => {
    const transport = network.join(nodeId(name));
    const heard: PresenceEntry[][] = [];
    transport.subscribe(protocol, ({ payload }) => {
      heard.push([...presenceCodec.decode(payload.slice())]);
    });
    const say = (to: NodeId, ...entries: PresenceEntry[]): void => {
      transport.send(to, protocol, presenceCodec.encode(entries));
    };
    return { transport, heard, say, protocol };
  };
  return { clock, network, join, puppet };
}

const bytes = (text: string): Uint8Array => codec.encode(text);

describe('participants', () => {
  test('see each other, what each says last, and who came before them', async () => {
    const { clock, join } = stage();
    const ann = join('ann');
    ann.awareness.set('typing');
    const bob = join('bob');
    bob.awareness.set('reading');
    await clock.advance(200);
    for (const text of ['a', 'ab', 'abc']) ann.awareness.set(text);
    await clock.advance(200);
    const expected = new Map([
      ['ann', 'abc'],
      ['bob', 'reading'],
    ]);
    expect(new Map(ann.awareness.states)).toEqual(expected);
    expect(new Map(bob.awareness.states)).toEqual(expected);
    expect(bob.changes).toContainEqual({ added: ['ann'], updated: [], removed: [] });
    expect(bob.changes.filter(({ updated }) => updated.length > 0)).toHaveLength(1);
  });

  test('leave by saying so, by closing, or with their node', async () => {
    const { clock, join } = stage();
    const [ann, bob, eve, tim] = [join('ann'), join('bob'), join('eve'), join('tim')];
    for (const { awareness } of [ann, bob, eve, tim]) awareness.set('here');
    await clock.advance(200);
    expect(ann.awareness.states.size).toBe(4);
    bob.awareness.set(undefined);
    eve.awareness.close();
    await tim.transport.close();
    await clock.advance(200);
    expect([...ann.awareness.states.keys()]).toEqual(['ann']);
    expect(ann.changes.flatMap(({ removed }) => removed).toSorted()).toEqual(['bob', 'eve', 'tim']);
    expect(() => {
      eve.awareness.set('again');
    }).toThrow(/closed/);
    bob.awareness.set('again');
    await clock.advance(200);
    expect(ann.awareness.states.get('bob')).toBe('again');
  });

  test('stay as long as they are there, although they say nothing new', async () => {
    const { clock, join } = stage();
    const [ann, bob] = [join('ann'), join('bob')];
    ann.awareness.set('here');
    await clock.advance(200);
    const before = bob.changes.length;
    await clock.advance(120_000);
    expect(bob.awareness.states.get('ann')).toBe('here');
    expect(bob.changes).toHaveLength(before);
  });

  test('who falls silent is gone after a while', async () => {
    const { clock, join, puppet } = stage();
    const ann = join('ann', { timeoutMs: 5_000 });
    const { say } = puppet('ghost');
    say(nodeId('ann'), { id: 'tab 1', clock: 1, state: bytes('boo') });
    await clock.advance(2_000);
    expect(ann.awareness.states.get('tab 1')).toBe('boo');
    await clock.advance(6_000);
    expect(ann.awareness.states.size).toBe(0);
    expect(ann.awareness.stats.entryCount).toBe(1);
    await clock.advance(10_000);
    expect(ann.awareness.stats.entryCount).toBe(0);
  });

  test('are heard over a node that both reach', async () => {
    const { join, puppet, clock } = stage();
    const hub = join('hub');
    const [first, second] = [puppet('p1'), puppet('p2')];
    await clock.advance(10);
    second.say(nodeId('hub'));
    first.say(nodeId('hub'), { id: 'someone', clock: 3, state: bytes('hi') });
    await clock.advance(10);
    expect(hub.awareness.states.get('someone')).toBe('hi');
    expect(second.heard.flat()).toContainEqual({ id: 'someone', clock: 3, state: bytes('hi') });
    expect(first.heard.flat()).not.toContainEqual(expect.objectContaining({ id: 'someone' }));
  });

  test('who begins anew with a clock set back speaks above what is known of it', async () => {
    const { clock, join, puppet } = stage();
    const { say, heard } = puppet('other');
    const ann = join('ann');
    const future = clock.wallTimeMs() + 1_000_000;
    ann.awareness.set('here');
    await clock.advance(100);
    say(nodeId('ann'), { id: 'ann', clock: future, state: bytes('a former life') });
    await clock.advance(100);
    expect(heard.flat().at(-1)).toEqual({ id: 'ann', clock: future + 1, state: bytes('here') });
    say(nodeId('ann'), { id: 'x', clock: 9, state: bytes('new') });
    say(nodeId('ann'), { id: 'x', clock: 8, state: bytes('old') });
    await clock.advance(100);
    expect(heard.flat().at(-1)).toEqual({ id: 'x', clock: 9, state: bytes('new') });
  });
});

describe('what is too much, or nonsense', () => {
  test('is refused and counted', async () => {
    const { clock, join, puppet } = stage();
    const ann = join('ann', { entriesMax: 3, accept: (_peer, id) => id !== 'victim' });
    const { say, transport, protocol } = puppet('evil');
    const to = nodeId('ann');
    transport.send(to, protocol, Uint8Array.of(9, 9));
    say(to, { id: 'large', clock: 1, state: new Uint8Array(1_001) });
    say(to, { id: 'odd', clock: 1, state: Uint8Array.of(255) });
    say(to, { id: 'victim', clock: 1, state: bytes('spoofed') });
    say(to, { id: 'late', clock: Number.MAX_SAFE_INTEGER, state: bytes('for ever') });
    for (let index = 0; index < 5; index += 1)
      say(to, { id: `p${index}`, clock: 1, state: bytes('x') });
    await clock.advance(10);
    expect(ann.awareness.stats).toMatchObject({
      ...{ malformedCount: 1, refusedCount: 4, crowdedCount: 2, entryCount: 3 },
    });
    expect([...ann.awareness.states.keys()]).toEqual(['p0', 'p1', 'p2']);
  });

  test('is not said', () => {
    const { join } = stage();
    const { awareness } = join('ann');
    expect(() => {
      awareness.set('x'.repeat(2_000));
    }).toThrow(/at most 1000 bytes, got 2002/);
    expect(awareness.states.size).toBe(0);
  });

  test('peers beyond the limit are not listened to', async () => {
    const { clock, join, puppet } = stage();
    const ann = join('ann', { peersMax: 1 });
    for (const name of ['p1', 'p2']) {
      puppet(name).say(nodeId('ann'), { id: name, clock: 1, state: bytes('x') });
    }
    await clock.advance(10);
    expect([...ann.awareness.states.keys()]).toEqual(['p1']);
    expect(ann.awareness.stats).toMatchObject({ peerCount: 1 });
  });

  test('a listener that throws harms nobody', async () => {
    const { clock, join } = stage();
    const errors: unknown[] = [];
    const ann = join('ann', { onError: (error) => errors.push(error) });
    ann.awareness.onChange(() => {
      throw new Error('mine');
    });
    ann.awareness.set('here');
    await clock.advance(100);
    expect(errors).toHaveLength(1);
    expect(ann.changes).toHaveLength(1);
  });

  test.each<[Tuning, RegExp]>([
    [{ timeoutMs: 0 }, /timeoutMs/],
    [{ intervalMs: -1 }, /intervalMs/],
    [{ entriesMax: 0 }, /entriesMax/],
    [{ stateBytesMax: 5_000 }, /stateBytesMax/],
    [{ group: 'NO' }, /group/],
    [{ id: '' }, /id/],
  ])('%o is refused', (tuning, expected) => {
    expect(() => stage().join('ann', tuning)).toThrow(expected);
  });
});

test('many participants take as many messages as they need', async () => {
  const { clock, join, puppet } = stage();
  join('ann');
  const { say } = puppet('crowd');
  for (let index = 0; index < 50; index += 1) {
    say(nodeId('ann'), { id: `p${index}`, clock: 1, state: bytes('x'.repeat(100)) });
  }
  await clock.advance(10);
  const late = puppet('late');
  await clock.advance(10);
  expect(late.heard.flat()).toHaveLength(50);
  expect(late.heard.length).toBeGreaterThan(5);
});

test('after close nothing is said or planned', async () => {
  const { clock, join } = stage();
  const ann = join('ann');
  ann.awareness.set('here');
  ann.awareness.close();
  ann.awareness.close();
  await clock.advance(100_000);
  expect(clock.timerCount).toBe(0);
});
