import type { NodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { Introduce, IntroduceReply, IntroductionVerdict } from '../../src/codec/identity.ts';
import { type ConfigurationAt, configurationOf } from '../../src/configuration.ts';
import { Identity, type IdentityRecord } from '../../src/node/identity.ts';
import { a, b, c, d, e } from '../support/lone-node.ts';

type Sent = readonly [to: NodeId, message: Introduce | IntroduceReply];

let drawn = 0;

/** The identity of node a, and a disk in the hands of the test. */
class Scene {
  sent: Sent[] = [];
  readonly changes: string[] = [];
  readonly identity: Identity;
  configuration: ConfigurationAt;
  readonly #saves: (() => void)[] = [];

  constructor(voters: readonly NodeId[], found?: IdentityRecord) {
    this.configuration = { logIndex: 0, configuration: configurationOf(voters) };
    const port = {
      nodeId: a,
      peersBytesMax: 2_000,
      configuration: () => this.configuration,
      send: (to: NodeId, message: Introduce | IntroduceReply) => this.sent.push([to, message]),
      save: (onDurable: () => void) => this.#saves.push(onDurable),
      onChanged: ({ kind }: { readonly kind: string }) => this.changes.push(kind),
    };
    this.identity = new Identity(port, found, () => {
      drawn += 1;
      return drawn.toString(16).padStart(16, '0');
    });
    this.identity.start();
  }

  static started(voters: readonly NodeId[], found?: IdentityRecord): Scene {
    const scene = new Scene(voters, found);
    scene.flush();
    return scene;
  }

  /** The disk is done with all it was asked for. */
  flush(): void {
    for (const onDurable of this.#saves.splice(0)) onDurable();
  }

  get own(): Introduce {
    const found = this.sent.map(([, message]) => message).find(({ kind }) => kind === 'introduce');
    return found as Introduce;
  }

  answer(from: NodeId, verdict: IntroductionVerdict, voters: readonly NodeId[] = []): void {
    const { bootId } = this.own;
    this.identity.onReply(from, { kind: 'introduceReply', bootId, verdict, voters });
    this.flush();
  }

  /** What a says to an introduction of `from`, once it is durable. */
  hears(from: NodeId, introduce: Omit<Introduce, 'kind'>, incarnation = 1): string | undefined {
    const before = this.sent.length;
    this.identity.onIntroduce(from, { kind: 'introduce', ...introduce }, incarnation);
    this.flush();
    const reply = this.sent.slice(before).find(([, { kind }]) => kind === 'introduceReply')?.[1];
    return reply?.kind === 'introduceReply' ? reply.verdict : undefined;
  }
}

const of = (directoryId: string, bootCount: number, bootId: string) => ({
  directoryId,
  bootCount,
  bootId,
});

describe('a new directory', () => {
  test('says nothing before its boot is durable, then who it is', () => {
    const scene = new Scene([a, b, c]);
    expect(scene.sent).toEqual([]);
    scene.flush();
    expect(scene.sent.map(([to, { kind }]) => `${kind} ${to}`)).toEqual([
      'introduce b',
      'introduce c',
    ]);
    expect(scene.identity.isOpen).toBe(false);
    expect(scene.identity.status).toEqual({ kind: 'unproven', waitingFor: [b, c] });
  });

  test.each([
    { voters: [a], needed: 0 },
    { voters: [a, b], needed: 1 },
    { voters: [a, b, c], needed: 2 },
    { voters: [a, b, c, d], needed: 2 },
    { voters: [a, b, c, d, e], needed: 3 },
  ])('of $voters speaks once $needed others remember it', ({ voters, needed }) => {
    const scene = Scene.started(voters);
    for (const peer of voters.slice(1, 1 + needed)) {
      expect(scene.identity.isOpen).toBe(false);
      scene.answer(peer, 'accepted');
    }
    expect(scene.identity.isOpen).toBe(true);
    expect(scene.identity.status).toEqual({ kind: 'proven' });
  });

  test('counts who remembers it only once that is durable', () => {
    const scene = Scene.started([a, b]);
    const { bootId } = scene.own;
    const reply = { kind: 'introduceReply', bootId, verdict: 'accepted', voters: [] } as const;
    scene.identity.onReply(b, reply);
    expect(scene.identity.isOpen).toBe(false);
    scene.flush();
    expect(scene.identity.isOpen).toBe(true);
  });

  test('asks again until it is answered', () => {
    const scene = Scene.started([a, b, c]);
    scene.answer(b, 'accepted');
    scene.sent = [];
    for (let tick = 0; tick < 4; tick += 1) scene.identity.onTick();
    expect(new Set(scene.sent.map(([to]) => to))).toEqual(new Set([c]));
  });

  test('is no concern of answers to another boot', () => {
    const scene = Scene.started([a, b]);
    const bootId = 'f'.repeat(16);
    scene.identity.onReply(b, { kind: 'introduceReply', bootId, verdict: 'accepted', voters: [] });
    scene.flush();
    expect(scene.identity.isOpen).toBe(false);
  });

  test('is refused, says so once, and is let in after its removal', () => {
    const scene = Scene.started([a, b, c]);
    scene.answer(b, 'amnesiac');
    scene.answer(c, 'amnesiac');
    expect(scene.identity.status).toMatchObject({
      kind: 'refused',
      by: [b, c],
      error: { code: 'RAFT_AMNESIAC' },
    });
    for (const peer of [b, c]) scene.answer(peer, 'stranger');
    for (const peer of [b, c]) scene.answer(peer, 'accepted');
    expect(scene.identity.isOpen).toBe(true);
    expect(scene.changes).toEqual(['refused', 'unproven']);
  });

  test('that joins unlearns nothing from another that joins', () => {
    const scene = Scene.started([]);
    for (const peer of [b, c]) scene.identity.onNewLife(peer);
    scene.answer(b, 'accepted', [b]);
    scene.answer(c, 'stranger', []);
    expect(scene.identity.status).toEqual({ kind: 'proven' });
  });

  test('that joins asks the voters that a member names', () => {
    const scene = Scene.started([]);
    expect(scene.sent).toEqual([]);
    scene.identity.onNewLife(b);
    expect(scene.identity.isOpen).toBe(false);
    scene.answer(b, 'accepted', [b, c]);
    expect(scene.identity.isOpen).toBe(false);
    expect(scene.sent.at(-1)?.[0]).toBe(c);
    scene.answer(c, 'accepted', [b, c]);
    expect(scene.identity.isOpen).toBe(true);
  });
});

describe('a known directory', () => {
  const proven = (): IdentityRecord => {
    const scene = Scene.started([a, b, c]);
    for (const peer of [b, c]) scene.answer(peer, 'accepted');
    return scene.identity.record;
  };

  test('counts its boots, and speaks again once one of the others knows of this one', () => {
    const scene = Scene.started([a, b, c], proven());
    expect(scene.own).toMatchObject({ bootCount: 2 });
    expect(scene.identity.isOpen).toBe(false);
    scene.answer(c, 'accepted');
    expect(scene.identity.isOpen).toBe(true);
  });

  test('that a majority does not know any more is silent, whoever still does', () => {
    const scene = Scene.started([a, b, c], proven());
    scene.answer(b, 'accepted');
    scene.answer(c, 'duplicate');
    expect(scene.identity.isOpen).toBe(false);
    expect(scene.identity.status).toMatchObject({ error: { code: 'RAFT_DUPLICATE' } });
  });

  test('needs a majority of each configuration it is in', () => {
    const scene = Scene.started([a, b, c], proven());
    scene.answer(b, 'accepted');
    scene.configuration = { logIndex: 9, configuration: configurationOf([a, b, c, d, e]) };
    scene.identity.onConfiguration();
    expect(scene.identity.isOpen).toBe(false);
    scene.answer(d, 'accepted');
    expect(scene.identity.isOpen).toBe(true);
  });
});

describe('of peers', () => {
  test('remembers the first directory, and answers once that is durable', () => {
    const scene = Scene.started([a, b, c]);
    scene.identity.onIntroduce(b, { kind: 'introduce', ...of('01', 1, '11') }, 1);
    expect(scene.sent.some(([, { kind }]) => kind === 'introduceReply')).toBe(false);
    expect(scene.hears(b, of('01', 1, '11'))).toBe('accepted');
    expect(scene.identity.record.known.get(b)).toMatchObject(of('01', 1, '11'));
  });

  test('refuses another directory, an older boot and a second process', () => {
    const scene = Scene.started([a, b, c]);
    expect(scene.hears(b, of('01', 4, '11'))).toBe('accepted');
    expect(scene.hears(b, of('02', 9, '12'))).toBe('amnesiac');
    expect(scene.hears(b, of('01', 3, '10'))).toBe('amnesiac');
    expect(scene.hears(b, of('01', 4, '13'))).toBe('duplicate');
    expect(scene.hears(b, of('01', 4, '11'))).toBe('accepted');
    expect(scene.hears(b, of('01', 5, '14'))).toBe('accepted');
  });

  test('drops and counts what a refused life says, and nothing else', () => {
    const scene = Scene.started([a, b, c]);
    scene.hears(b, of('01', 1, '11'), 1);
    scene.hears(b, of('02', 1, '12'), 2);
    expect([1, 2, 2].map((life) => scene.identity.drops(b, life))).toEqual([false, true, true]);
    expect(scene.identity.drops(c, 2)).toBe(false);
    expect(scene.identity.refusedMessageCount).toBe(2);
  });

  test('remembers no stranger', () => {
    const scene = Scene.started([a, b, c]);
    expect(scene.hears(d, of('01', 1, '11'))).toBe('stranger');
    expect(scene.identity.record.known.size).toBe(0);
  });

  // Why this test? A lone voter that crashes while it adds its first partner comes back in need of
  // the partner's word, and no configuration has reached the partner.
  test('remembers a voter that it was told of, while it joins itself', () => {
    const scene = Scene.started([]);
    scene.identity.onNewLife(b);
    expect(scene.hears(b, of('01', 1, '11'))).toBe('stranger');
    scene.answer(b, 'accepted', [a, b]);
    expect(scene.hears(b, of('01', 1, '11'))).toBe('accepted');
    expect(scene.hears(b, of('02', 1, '12'))).toBe('amnesiac');
    expect(scene.hears(d, of('03', 1, '13'))).toBe('stranger');
  });

  test('forgets who was removed, but not who came back since', () => {
    const scene = Scene.started([a, b, c]);
    scene.hears(b, of('01', 1, '11'));
    const without = { logIndex: 5, configuration: configurationOf([a, c]) };
    scene.identity.onCommitted(without);
    expect(scene.identity.record.known.has(b)).toBe(false);
    scene.configuration = { logIndex: 8, configuration: configurationOf([a, b, c]) };
    expect(scene.hears(b, of('02', 1, '12'))).toBe('accepted');
    // As after a restart, when the log is read again.
    scene.identity.onCommitted(without);
    expect(scene.identity.record.known.get(b)).toMatchObject(of('02', 1, '12'));
  });

  test('remembers no more than fits the record', () => {
    const names = Array.from({ length: 60 }, (_, place) => `${'x'.repeat(60)}${place}` as NodeId);
    const scene = Scene.started([a, ...names]);
    const verdicts = names.map((name) => scene.hears(name, of('01', 1, '11')));
    expect(verdicts.filter((verdict) => verdict === 'accepted')).toHaveLength(19);
    expect(verdicts.at(-1)).toBe('stranger');
  });
});
