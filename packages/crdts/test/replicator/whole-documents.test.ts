import { type Clock, nodeId, type Transport } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { JsonDocument } from '../../src/document/json-document.ts';
import { saveShallow as saveShallowDocument } from '../../src/document/shallow-document.ts';
import { Replicator } from '../../src/replicator/replicator.ts';
import type { ReplicatorOptions } from '../../src/replicator/replicator-options.ts';
import type { AttachOptions } from '../../src/replicator/shared-document.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Member {
  readonly replicator: Replicator;
  /** What is attached now. */
  text: TextDocument;
  readonly leave: () => Promise<void>;
}

interface MemberOptions extends Partial<ReplicatorOptions> {
  readonly attach?: AttachOptions<TextDocument>;
}

/** Nodes on one network, and what they complained about. */
function stage() {
  const clock = new ManualClock();
  const network = new MemoryNetwork({ clock, maxPayloadBytes: 1_200 });
  const problems = new Set<string>();
  const errors: unknown[] = [];
  let life = 0;
  const join = (name: string, text: TextDocument, options: MemberOptions = {}): Member => {
    const transport = slowed(network.join(nodeId(name)), clock);
    const { attach, ...others } = options;
    const replicator = new Replicator({
      ...{ transport, clock, random: seededRandom(name.length), windowBytes: 5_000 },
      onProblem: ({ kind, peer }) => problems.add(`${name}: ${kind} with ${peer}`),
      onError: (error) => errors.push(error),
      ...others,
    });
    const leave = async (): Promise<void> => {
      replicator.close();
      await transport.close();
    };
    const member: Member = { replicator, text, leave };
    replicator.attach('note', text, {
      save: () => member.text.save(),
      onWholeDocument: ({ bytes }) => {
        life += 1;
        return TextDocument.load(bytes, { replicaId: `${name} ${life}` });
      },
      onReplaced: (replica) => {
        member.text = replica;
      },
      ...attach,
    });
    return member;
  };
  return { clock, network, join, problems, errors };
}

/** Every message takes 5 ms. */
function slowed(transport: Transport, clock: Clock): Transport {
  return {
    localId: transport.localId,
    capabilities: transport.capabilities,
    send: (to, protocol, payload) => {
      const copy = payload.slice();
      clock.setTimer(5, () => void transport.send(to, protocol, copy));
      return 'accepted';
    },
    subscribe: (protocol, listener) => transport.subscribe(protocol, listener),
    observePeers: (listener) => transport.observePeers(listener),
    close: () => transport.close(),
  };
}

const words = (count: number): string =>
  Array.from({ length: count }, (_, at) => `${at} `).join('');

/** A text, one that was forked from it, and the first one with more, of which the past is gone. */
function trimmedWhileAway(lengthWords = 3): { old: TextDocument; trimmed: TextDocument } {
  const origin = new TextDocument({ replicaId: 'origin' });
  origin.insert(0, words(lengthWords));
  const old = origin.fork({ replicaId: 'old' });
  origin.delete(0, 2);
  origin.insert(origin.length, 'end');
  return { old, trimmed: shallow(origin, 'trimmed') };
}

function shallow(text: TextDocument, replicaId: string): TextDocument {
  return TextDocument.load(saveShallow(text), { replicaId });
}

describe('a peer that was away while others trimmed', () => {
  test.each([3, 20_000])('gets the whole document (%i words), and goes on', async (lengthWords) => {
    const { clock, join, problems, errors } = stage();
    const { old, trimmed } = trimmedWhileAway(lengthWords);
    const there = join('there', trimmed);
    const back = join('back', old);
    await clock.advance(30_000);
    expect(back.text.toString()).toBe(trimmed.toString());
    expect(back.replicator.stats.wholeTakenCount).toBe(1);
    expect(there.replicator.stats.wholeSentCount).toBe(1);
    back.text.insert(0, 'back ');
    there.text.insert(there.text.length, ' there');
    await clock.advance(1_000);
    expect(there.text.toString()).toBe(back.text.toString());
    expect(back.text.toString()).toMatch(/^back .*end there$/);
    expect(there.replicator.coverage('note')).toEqual(['back']);
    expect([...problems, ...errors]).toEqual([]);
    expect(back.replicator.stats).toMatchObject({ partialBytes: 0, flightBytes: 0 });
  });

  test('gets it once, from one of many', async () => {
    const { clock, join } = stage();
    const { old, trimmed } = trimmedWhileAway(2_000);
    const there = ['a', 'b', 'c'].map((name) => join(name, trimmed.fork({ replicaId: name })));
    const back = join('back', old);
    await clock.advance(30_000);
    expect(back.text.toString()).toBe(trimmed.toString());
    expect(back.replicator.stats.wholeTakenCount).toBe(1);
    expect(there.map(({ replicator }) => replicator.coverage('note').length)).toEqual([3, 3, 3]);
  });

  test('learns what changes meanwhile by updates', async () => {
    const { clock, join } = stage();
    const { old, trimmed } = trimmedWhileAway(20_000);
    const there = join('there', trimmed);
    const back = join('back', old);
    for (let at = 0; at < 100; at += 1) {
      there.text.insert(0, `${at}.`);
      await clock.advance(30);
    }
    await clock.advance(30_000);
    expect(back.text.toString()).toBe(there.text.toString());
    expect(back.replicator.stats.wholeTakenCount).toBeLessThanOrEqual(2);
  });

  test('begins again with a sender that has restarted', async () => {
    const { clock, join } = stage();
    const { old, trimmed } = trimmedWhileAway(20_000);
    const first = join('there', trimmed);
    const back = join('back', old);
    await clock.advance(200);
    expect(back.replicator.stats.partialBytes).toBeGreaterThan(20_000);
    await first.leave();
    trimmed.insert(0, 'other bytes');
    join('there', trimmed.fork({ replicaId: 'there 2' }));
    await clock.advance(60_000);
    expect(back.text.toString()).toBe(trimmed.toString());
  });
});

describe('a peer that has trimmed what another one did beside', () => {
  /** A text that trimmed too early, and one that has the edit that came too late, and more. */
  function trimmedTooEarly(): { full: TextDocument; trimmed: TextDocument; late: TextDocument } {
    const { old, trimmed } = trimmedWhileAway();
    const full = new TextDocument({ replicaId: 'full' });
    const origin = new TextDocument({ replicaId: 'origin' });
    origin.insert(0, words(3));
    full.applyAll(origin.updatesSince(full.encodeVersion()));
    const late = old;
    late.insert(0, 'late ');
    full.applyAll(late.updatesSince(full.encodeVersion()));
    origin.delete(0, 2);
    origin.insert(origin.length, 'end');
    full.applyAll(origin.updatesSince(full.encodeVersion()));
    return { full, trimmed, late };
  }

  test('takes the whole document of one that has both', async () => {
    const { clock, join, problems } = stage();
    const { full, trimmed } = trimmedTooEarly();
    const short = join('short', trimmed);
    join('long', full);
    await clock.advance(30_000);
    expect(short.text.toString()).toBe(full.toString());
    expect(short.text.canonicalBytes()).toEqual(full.canonicalBytes());
    expect([...problems]).toEqual([]);
  });

  test('gives it first what it has itself', async () => {
    const { clock, join, problems } = stage();
    const { full, trimmed } = trimmedTooEarly();
    trimmed.insert(trimmed.length, ', of the short one');
    const short = join('short', trimmed);
    join('long', full);
    await clock.advance(60_000);
    expect(full.toString()).toMatch(/^late .*end, of the short one$/);
    expect(short.text.toString()).toBe(full.toString());
    expect([...problems]).toEqual([]);
  });

  test('loses nothing and says so; whoever has both ends it', async () => {
    const { clock, join, problems, errors } = stage();
    const { full, trimmed, late } = trimmedTooEarly();
    trimmed.insert(trimmed.length, '!');
    const short = join('short', trimmed);
    const back = join('late', late);
    await clock.advance(60_000);
    expect([...problems].sort()).toEqual([
      'late: diverged with short',
      'short: diverged with late',
    ]);
    expect([back.text, short.text]).toEqual([late, trimmed]);
    const { versionCount } = short.replicator.stats;
    await clock.advance(600_000);
    expect(short.replicator.stats.versionCount - versionCount).toBeLessThan(5);
    join('long', full);
    await clock.advance(60_000);
    expect(full.toString()).toMatch(/^late .*end!$/);
    expect(short.text.toString()).toBe(full.toString());
    expect(back.text.toString()).toBe(full.toString());
    expect(errors).toEqual([]);
    back.text.insert(0, 'again ');
    await clock.advance(30_000);
    expect(short.text.toString()).toBe(back.text.toString());
  });
});

describe('a whole document is not taken', () => {
  test('if what was typed here meanwhile would be lost', async () => {
    const { clock, join, problems } = stage();
    const { old, trimmed } = trimmedWhileAway(20_000);
    join('there', trimmed);
    const back = join('back', old);
    await clock.advance(200);
    expect(back.replicator.stats.partialBytes).toBeGreaterThan(20_000);
    old.insert(0, 'typed meanwhile ');
    await clock.advance(60_000);
    expect(back.text.toString()).toMatch(/^typed meanwhile /);
    expect([...problems].sort()).toEqual([
      'back: diverged with there',
      'there: diverged with back',
    ]);
  });

  test.each<[string, AttachOptions<TextDocument>]>([
    ['it is refused', { onWholeDocument: () => undefined }],
    [
      'what takes it throws',
      {
        onWholeDocument: () => {
          throw new RangeError('no');
        },
      },
    ],
  ])('if %s', async (_name, attach) => {
    const { clock, join, problems, errors } = stage();
    const { old, trimmed } = trimmedWhileAway();
    const there = join('there', trimmed);
    const back = join('back', old, { attach });
    await clock.advance(300_000);
    expect(back.text).toBe(old);
    expect([...problems]).toEqual(['back: beforeHistory with there']);
    // Each time that the peer asks again, as who asks may have something else by now.
    expect(errors.length).toBeLessThan(60);
    expect(there.replicator.stats.wholeSentCount).toBeLessThan(60);
  });

  test('if it is another one, with less', async () => {
    const { clock, join, problems } = stage();
    const { old, trimmed } = trimmedWhileAway();
    join('there', trimmed);
    const empty = new TextDocument({ replicaId: 'empty' });
    const back = join('back', old, { attach: { onWholeDocument: () => empty } });
    await clock.advance(60_000);
    expect(back.text).toBe(old);
    expect([...problems]).toEqual(['back: diverged with there']);
  });

  test('if it names other events by the same names', async () => {
    const { clock, join, problems } = stage();
    const { old, trimmed } = trimmedWhileAway();
    const other = new TextDocument({ replicaId: 'origin' });
    other.insert(0, 'x'.repeat(50));
    join('there', trimmed);
    join('back', old, { attach: { onWholeDocument: () => other } });
    await clock.advance(60_000);
    expect([...problems]).toContain('back: forked with there');
  });

  test('if it is larger than allowed, on either side', async () => {
    for (const [there, back] of [
      [1_000, 1_000_000],
      [1_000_000, 1_000],
    ]) {
      const { clock, join, problems } = stage();
      const { old, trimmed } = trimmedWhileAway(20_000);
      join('there', trimmed, { messageBytesMax: there! });
      const late = join('back', old, { messageBytesMax: back! });
      await clock.advance(60_000);
      expect(late.text).toBe(old);
      expect([...problems]).toEqual(['back: beforeHistory with there']);
    }
  });
});

test('a JSON document is given as a whole, too', async () => {
  const { clock, network } = stage();
  const origin = new JsonDocument({ replicaId: 'origin' });
  for (let at = 0; at < 300; at += 1) origin.root.set(`key ${at % 7}`, at);
  const old = JsonDocument.load(origin.save(), { replicaId: 'old' });
  origin.root.set('key 1', 'later');
  const shown = new Map<string, JsonDocument>([
    ['there', JsonDocument.load(saveShallowDocument(origin), { replicaId: 'there' })],
    ['back', old],
  ]);
  for (const [name, document] of shown) {
    const transport = network.join(nodeId(name));
    const replicator = new Replicator({ transport, clock, random: seededRandom(name.length) });
    replicator.attach<JsonDocument>('board', document, {
      save: () => shown.get(name)!.save(),
      onWholeDocument: ({ bytes }) => JsonDocument.load(bytes, { replicaId: `${name} again` }),
      onReplaced: (replica) => shown.set(name, replica),
    });
  }
  await clock.advance(30_000);
  shown.get('back')!.root.set('key 2', 'of the one that is back');
  await clock.advance(1_000);
  expect(shown.get('back')).not.toBe(old);
  for (const document of shown.values()) {
    expect(JSON.stringify(document)).toBe(
      JSON.stringify(origin).replace(/"key 2":\d+/, '"key 2":"of the one that is back"'),
    );
  }
});
