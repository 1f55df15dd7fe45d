import { type NodeId, nodeId, protocolName, type Transport } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { replicationCodec } from '../../src/replicator/codec.ts';
import type { ReplicationMessage } from '../../src/replicator/messages.ts';
import { Replicator } from '../../src/replicator/replicator.ts';
import type { ReplicatorOptions } from '../../src/replicator/replicator-options.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { TextLog } from '../support/text-log.ts';

interface End {
  readonly id: NodeId;
  readonly transport: Transport;
  readonly replicator: Replicator;
  readonly log: TextLog;
}

type Tuning = Partial<ReplicatorOptions>;

/** Nodes on one network without faults, all with a document 'a'. */
function stage(names: readonly string[], tuning: (name: string) => Tuning = () => ({})) {
  const clock = new ManualClock();
  const network = new MemoryNetwork({ clock, maxPayloadBytes: 1_200 });
  const join = (name: string): End => {
    const transport = network.join(nodeId(name));
    const log = new TextLog(name);
    const random = seededRandom(names.indexOf(name) + 1);
    const replicator = new Replicator({ transport, clock, random, ...tuning(name) });
    replicator.attach('a', log);
    return { id: transport.localId, transport, replicator, log };
  };
  return { clock, network, join, ends: names.map(join) };
}

const protocol = protocolName('crdts/default');

/** A node that says what a test tells it to, and hears all. */
function puppet(network: MemoryNetwork, name: string) {
  const transport = network.join(nodeId(name));
  const heard: ReplicationMessage[] = [];
  transport.subscribe(protocol, ({ payload }) => {
    heard.push(replicationCodec.decode(payload.slice()));
  });
  const say = (to: NodeId, message: ReplicationMessage): void => {
    transport.send(to, protocol, replicationCodec.encode(message));
  };
  return { transport, heard, say };
}

/** What a peer says of its first attachment. */
const first = { attachment: 1, isKept: true } as const;
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('replicators that reach each other', () => {
  test('bring to each other what was there before, and what is added later', async () => {
    const { clock, ends } = stage(['n1', 'n2', 'n3']);
    for (const { log, id } of ends) log.add(`early ${id}`);
    await clock.advance(1_000);
    for (const { log, id } of ends) log.add(`late ${id}`);
    await clock.advance(100);
    for (const { log, replicator } of ends) {
      expect(log.texts).toEqual(ends[0]?.log.texts);
      expect(log.texts).toHaveLength(6);
      expect(replicator.coverage('a')).toHaveLength(2);
      expect(replicator.stats).toMatchObject({
        flightBytes: 0,
        malformedCount: 0,
        corruptCount: 0,
      });
    }
  });

  test('send a change once to each peer, all changes of a turn in one message', async () => {
    const { clock, ends } = stage(['n1', 'n2']);
    await clock.advance(1_000);
    const before = ends[0]!.replicator.stats;
    for (let index = 0; index < 10; index += 1) ends[0]!.log.add(`text ${index}`);
    await clock.advance(5_000);
    const after = ends[0]!.replicator.stats;
    expect(after.sentCount - before.sentCount).toBe(1);
    expect(ends[1]!.replicator.stats.duplicateCount).toBe(0);
    expect(ends[1]!.log.texts).toHaveLength(10);
  });

  test('pass on what they get between peers that do not reach each other', async () => {
    const clock = new ManualClock();
    const [left, right] = [new MemoryNetwork({ clock }), new MemoryNetwork({ clock })];
    const random = seededRandom(1);
    const log = new TextLog('hub');
    const hub = new Replicator({ transport: left.join(nodeId('hub')), clock, random });
    const bridge = new Replicator({ transport: right.join(nodeId('hub')), clock, random });
    hub.attach('a', log);
    bridge.attach('a', log);
    const far = [left, right].map((network, place) => {
      const replica = new TextLog(`far${place}`);
      const transport = network.join(nodeId(`far${place}`));
      new Replicator({ transport, clock, random }).attach('a', replica);
      return replica;
    });
    await clock.advance(1_000);
    far[0]!.add('over the bridge');
    await clock.advance(100);
    // Two replicators do not know of each other; the application does.
    bridge.changed('a');
    await clock.advance(100);
    expect(far[1]!.texts).toEqual(['far0:0 over the bridge']);
  });

  test('leave what came from one to compare, where all reach all', async () => {
    const { clock, ends } = stage(['n1', 'n2', 'n3'], () => ({ relay: 'compare' }));
    await clock.advance(1_000);
    ends[0]!.log.add('to all');
    await clock.advance(3_000);
    for (const { log } of ends) expect(log.texts).toHaveLength(1);
    const sent = ends.map(({ replicator }) => replicator.stats.sentCount);
    expect(sent).toEqual([2, 0, 0]);
    for (const { replicator } of ends) expect(replicator.coverage('a')).toHaveLength(2);
  });

  test('keep documents apart, and take those that only one has for what they are', async () => {
    const { clock, ends } = stage(['n1', 'n2']);
    const only = new TextLog('only');
    only.add('lonely');
    const detach = ends[0]!.replicator.attach('b', only);
    await clock.advance(2_000);
    expect(ends[1]!.replicator.stats.strangerCount).toBeGreaterThan(0);
    expect(ends[1]!.log.texts).toEqual([]);
    const later = new TextLog('later');
    ends[1]!.replicator.attach('b', later);
    await clock.advance(100);
    expect(later.texts).toEqual(only.texts);
    detach();
    detach();
    only.add('after the end');
    await clock.advance(2_000);
    expect(later.texts).toHaveLength(1);
    expect(ends[0]!.replicator.documents).toEqual(['a']);
  });

  test('bring over what is larger than a message and the window, without a queue', async () => {
    const tuning = (): Tuning => ({ windowBytes: 4_000 });
    const { clock, ends } = stage(['n1', 'n2'], tuning);
    await clock.advance(1_000);
    const [from, to] = ends;
    from!.log.add('x'.repeat(50_000));
    for (let index = 0; index < 2_000; index += 1) from!.log.add(`text ${index}`);
    let mostBytes = 0;
    for (let step = 0; step < 400; step += 1) {
      await clock.advance(5);
      mostBytes = Math.max(mostBytes, from!.replicator.stats.flightBytes);
    }
    expect(to!.log.texts).toEqual(from!.log.texts);
    // One message that is larger than the window may be on its way, alone.
    expect(mostBytes).toBeLessThan(51_000);
    expect(to!.replicator.stats).toMatchObject({ partialBytes: 0, duplicateCount: 0 });
  });
});

describe('a peer that restarts', () => {
  test('gets back what it had not made durable', async () => {
    const { clock, ends, join } = stage(['n1', 'n2']);
    await clock.advance(1_000);
    ends[0]!.log.add('kept by others');
    await clock.advance(100);
    ends[1]!.replicator.close();
    await ends[1]!.transport.close();
    const again = join('n2');
    await clock.advance(100);
    expect(again.log.texts).toEqual(['n1:0 kept by others']);
  });

  test('is not taken to have what is not durable', async () => {
    const clock = new ManualClock();
    const network = new MemoryNetwork({ clock });
    const random = seededRandom(3);
    const [near, far] = [new TextLog('near'), new TextLog('far')];
    const sender = new Replicator({ transport: network.join(nodeId('near')), clock, random });
    const receiver = new Replicator({ transport: network.join(nodeId('far')), clock, random });
    let flush: () => void = () => undefined;
    const flushed = (): Promise<void> =>
      new Promise((resolve) => {
        const before = flush;
        flush = () => {
          before();
          resolve();
        };
      });
    sender.attach('a', near);
    receiver.attach('a', far, { flushed });
    await clock.advance(10);
    flush();
    await clock.advance(10);
    near.add('text');
    await clock.advance(100);
    expect(far.texts).toHaveLength(1);
    expect(sender.coverage('a')).toEqual([]);
    flush();
    await clock.advance(100);
    expect(sender.coverage('a')).toEqual(['far']);
  });
});

test('a change costs its update, its name and a dozen bytes, its answer a few', async () => {
  const { clock, network, ends } = stage(['n1']);
  const { say, heard } = puppet(network, 'peer');
  await clock.advance(10);
  const entry = { document: 'a', form: 'full', wantsReply: false, seen: 0, ...first } as const;
  say(ends[0]!.id, { kind: 'versions', entries: [{ ...entry, version: encode({}) }] });
  const updates = [encode([['peer', 0, 'text']])];
  say(ends[0]!.id, {
    kind: 'updates',
    document: 'a',
    ...first,
    number: 2 ** 30,
    wantsVersion: false,
    updates,
  });
  await clock.advance(10);
  ends[0]!.log.add('text');
  await clock.advance(10);
  for (const message of heard) {
    const sizeBytes = replicationCodec.encode(message).length;
    if (message.kind === 'acks') expect(sizeBytes).toBeLessThanOrEqual(10);
    if (message.kind !== 'updates') continue;
    expect(sizeBytes - message.updates[0]!.length).toBeLessThanOrEqual(14);
  }
  expect(new Set(heard.map(({ kind }) => kind))).toEqual(new Set(['versions', 'updates', 'acks']));
});

describe('what is wrong', () => {
  test('two that use one id for different events stop, and tell the application', async () => {
    const problems: unknown[] = [];
    const { clock, network, ends } = stage(['n1'], () => ({
      onProblem: ({ kind, peer, document }) => problems.push({ kind, peer, document }),
    }));
    ends[0]!.log.add('mine');
    const { say } = puppet(network, 'evil');
    await clock.advance(10);
    const updates = [encode([['n1', 0, 'not mine']])];
    const message = {
      kind: 'updates',
      document: 'a',
      ...first,
      number: 5,
      wantsVersion: false,
      updates,
    } as const;
    say(ends[0]!.id, message);
    await clock.advance(10);
    say(ends[0]!.id, message);
    await clock.advance(5_000);
    expect(problems).toEqual([{ kind: 'forked', peer: 'evil', document: 'a' }]);
    expect(ends[0]!.log.texts).toEqual(['n1:0 mine']);
    expect(ends[0]!.replicator.coverage('a')).toEqual([]);
  });

  test('a peer that lacks what was trimmed is told to nobody but the application', async () => {
    const problems: string[] = [];
    const { clock, network, ends } = stage(['n1'], () => ({
      onProblem: ({ kind }) => problems.push(kind),
    }));
    ends[0]!.log.add('trimmed');
    ends[0]!.log.trimmedCount = 1;
    const { say } = puppet(network, 'new');
    await clock.advance(10);
    say(ends[0]!.id, {
      kind: 'versions',
      entries: [
        { document: 'a', form: 'full', wantsReply: false, seen: 0, ...first, version: encode({}) },
      ],
    });
    await clock.advance(5_000);
    expect(problems).toEqual(['beforeHistory']);
  });

  test('what does not decode, on any level, is dropped and counted', async () => {
    const { clock, network, ends } = stage(['n1']);
    const { say, transport, heard } = puppet(network, 'evil');
    const { id, replicator, log } = ends[0]!;
    await clock.advance(10);
    transport.send(id, protocol, Uint8Array.of(1, 2, 3));
    const junk = new Uint8Array(9).fill(200);
    const updates = {
      kind: 'updates',
      document: 'a',
      ...first,
      number: 77,
      wantsVersion: false,
    } as const;
    say(id, { ...updates, updates: [junk] });
    const entry = {
      document: 'a',
      form: 'full',
      wantsReply: true,
      seen: 0,
      ...first,
      version: junk,
    } as const;
    say(id, { kind: 'versions', entries: [entry] });
    const head = { ...updates, updates: [] };
    const part = { kind: 'part', head, crc: 1, offset: 0, bytes: new Uint8Array(600) } as const;
    say(id, { ...part, sizeBytes: 2 ** 50 });
    say(id, { ...updates, document: 'nobody has it', updates: [] });
    await clock.advance(10);
    expect(replicator.stats).toMatchObject({
      ...{ malformedCount: 1, corruptCount: 2, oversizeCount: 1, strangerCount: 1 },
      ...{ partialBytes: 0, appliedCount: 0 },
    });
    expect(heard.some(({ kind }) => kind === 'acks')).toBe(false);
    say(id, { ...updates, number: 78, updates: [encode([['evil', 0, 'sound']])] });
    await clock.advance(10);
    expect(log.texts).toEqual(['evil:0 sound']);
    expect(heard).toContainEqual({ kind: 'acks', document: 'a', numbers: [78] });
  });

  test('what waits for its past is not acknowledged; what is there is told instead', async () => {
    const { clock, network, ends } = stage(['n1']);
    const { say, heard } = puppet(network, 'peer');
    await clock.advance(10);
    const updates = [encode([['peer', 1, 'second']])];
    say(ends[0]!.id, {
      kind: 'updates',
      document: 'a',
      ...first,
      number: 9,
      wantsVersion: false,
      updates,
    });
    await clock.advance(1_000);
    expect(heard.some(({ kind }) => kind === 'acks')).toBe(false);
    const told = heard.flatMap((message) => (message.kind === 'versions' ? message.entries : []));
    expect(told.at(-1)).toMatchObject({ seen: 9, version: encode({}) });
  });

  test('updates for what was attached before are neither taken nor acknowledged', async () => {
    const { clock, network, ends } = stage(['n1']);
    const { say, heard } = puppet(network, 'peer');
    const { id, replicator, log } = ends[0]!;
    replicator.attach('b', new TextLog('n1'))();
    replicator.attach('b', log);
    await clock.advance(10);
    const updates = [encode([['peer', 0, 'text']])];
    const message = { kind: 'updates', document: 'b', ...first, wantsVersion: false } as const;
    const told = heard.flatMap((each) => (each.kind === 'versions' ? each.entries : []));
    const { attachment = 0 } = told.findLast(({ document }) => document === 'b') ?? {};
    expect(attachment).toBeGreaterThan(2);
    say(id, { ...message, attachment: attachment - 1, number: 1, updates });
    await clock.advance(10);
    expect([log.texts, heard.some(({ kind }) => kind === 'acks')]).toEqual([[], false]);
    say(id, { ...message, attachment, number: 2, updates });
    await clock.advance(10);
    expect(log.texts).toEqual(['peer:0 text']);
    expect(heard).toContainEqual({ kind: 'acks', document: 'b', numbers: [2] });
  });

  test('a document that is not here is said not to be, once for each question', async () => {
    const { clock, network } = stage(['n1'], () => ({
      access: (_peer, document) => (document === 'secret' ? 'none' : 'write'),
    }));
    const { say, heard } = puppet(network, 'peer');
    await clock.advance(10);
    const ask = (document: string): ReplicationMessage => ({
      kind: 'versions',
      entries: [
        { ...{ document, form: 'full', wantsReply: true, ...first }, seen: 0, version: encode({}) },
      ],
    });
    for (const document of ['none', 'secret', 'none']) say(nodeId('n1'), ask(document));
    await clock.advance(10);
    const told = heard.flatMap((each) => (each.kind === 'versions' ? each.entries : []));
    const denied = told.filter(({ form }) => form === 'none');
    expect(denied).toMatchObject([{ document: 'none', isKept: false, wantsReply: false }]);
  });

  test('peers beyond the limit are not listened to', async () => {
    const { clock, network, ends } = stage(['n1'], () => ({ peersMax: 2 }));
    const peers = ['p1', 'p2', 'p3'].map((name) => puppet(network, name));
    await clock.advance(10);
    const { id, replicator, log } = ends[0]!;
    for (const [place, { say, transport }] of peers.entries()) {
      const updates = [encode([[transport.localId, 0, 'text']])];
      say(id, {
        kind: 'updates',
        document: 'a',
        ...first,
        number: place,
        wantsVersion: false,
        updates,
      });
    }
    await clock.advance(10);
    expect(replicator.peers).toHaveLength(2);
    expect(log.texts).toHaveLength(2);
    expect(replicator.stats.crowdedCount).toBeGreaterThan(0);
  });
});

describe('access', () => {
  test('a reader gets what there is and changes nothing; others get nothing', async () => {
    const { clock, ends } = stage(['n1', 'n2', 'n3'], (name) =>
      name === 'n1' ? { access: (peer) => (peer === nodeId('n2') ? 'read' : 'none') } : {},
    );
    const [owner, reader, stranger] = ends;
    owner!.log.add('public');
    reader!.replicator.close();
    stranger!.log.add('from nobody');
    await clock.advance(3_000);
    expect(stranger!.log.texts).toEqual(['n3:0 from nobody']);
    expect(owner!.log.texts).toEqual(['n1:0 public']);
    const { clock: other, ends: pair } = stage(['n1', 'n2'], (name) =>
      name === 'n1' ? { access: () => 'read' } : {},
    );
    pair[0]!.log.add('public');
    pair[1]!.log.add('refused');
    await other.advance(3_000);
    expect(pair[0]!.log.texts).toEqual(['n1:0 public']);
    expect(pair[1]!.log.texts).toEqual(['n1:0 public', 'n2:0 refused']);
  });
});

describe('a name, an option, an end', () => {
  test.each(['', 'x'.repeat(257), '\ud800'])('%j names no document', (name) => {
    const { ends } = stage(['n1']);
    expect(() => ends[0]!.replicator.attach(name, new TextLog('x'))).toThrow(RangeError);
  });

  test('names are used once, and no more documents than allowed are taken', () => {
    const { ends } = stage(['n1'], () => ({ documentsMax: 2 }));
    const { replicator } = ends[0]!;
    expect(() => replicator.attach('a', new TextLog('x'))).toThrow(/free/);
    replicator.attach('__proto__', new TextLog('x'));
    expect(() => replicator.attach('c', new TextLog('x'))).toThrow(/at most 2/);
    expect(() => replicator.coverage('c')).toThrow(/attached/);
    expect(() => {
      replicator.changed('c');
    }).toThrow(/attached/);
  });

  test.each<[Tuning, RegExp]>([
    [{ documentsMax: 0 }, /documentsMax/],
    [{ windowBytes: 1.5 }, /windowBytes/],
    [{ retryMs: Number.NaN }, /retryMs/],
    [{ compareMs: 0 }, /compareMs/],
    [{ group: 'Not One' }, /group/],
  ])('%o is refused', (tuning, expected) => {
    expect(() => stage(['n1'], () => tuning)).toThrow(expected);
  });

  test('after close nothing is said, heard or planned', async () => {
    const { clock, ends } = stage(['n1', 'n2']);
    await clock.advance(1_000);
    for (const { replicator } of ends) replicator.close();
    ends[0]!.log.add('late');
    await clock.advance(60_000);
    expect(ends[1]!.log.texts).toEqual([]);
    expect(clock.timerCount).toBe(0);
    expect(() => ends[0]!.replicator.attach('b', new TextLog('x'))).toThrow(/closed/);
    ends[0]!.replicator.close();
  });
});
