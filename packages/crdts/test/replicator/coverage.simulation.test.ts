/**
 * Goal: that a node lost a document is known to all before long, whatever is lost, doubled or
 * overtaken on the way; and once all is well, all that is known is true, and all is known.
 *
 * Method: five nodes write into one log. Now and then one forgets it, disk and all, and begins it
 * anew some time later. Whoever is taken to have what it has not is noted, with the time since.
 */
import { seeds, Simulation } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { Replicator } from '../../src/replicator/replicator.ts';
import { TextLog } from '../support/text-log.ts';

const replay = process.env['SEED'];
const nodeIds = ['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => nodeId(id));
const compareMs = 1_000;
const untilMs = 12_000;
/** So many comparisons in a row are not lost. */
const wrongMsMax = 15 * compareMs;

interface Copy {
  readonly log: TextLog;
  readonly detach: () => void;
  durable: ReadonlySet<string>;
}

class Member {
  readonly replicator: Replicator;
  copy: Copy | undefined;
  #lives = 0;
  readonly #begin: (log: TextLog, flushed: () => Promise<void>) => () => void;

  constructor(id: string, replicator: Replicator, setTimer: (callback: () => void) => unknown) {
    this.replicator = replicator;
    this.#begin = (log, flushed) => replicator.attach('a', log, { flushed });
    this.attach = () => {
      if (this.copy !== undefined) return;
      this.#lives += 1;
      const log = new TextLog(`${id}@${this.#lives}`);
      const flushed = (): Promise<void> =>
        new Promise((resolve) => {
          const { texts } = log;
          setTimer(() => {
            copy.durable = new Set([...copy.durable, ...texts]);
            resolve();
          });
        });
      const copy: Copy = { log, detach: this.#begin(log, flushed), durable: new Set() };
      this.copy = copy;
    };
  }

  readonly attach: () => void;

  detach(): void {
    this.copy?.detach();
    this.copy = undefined;
  }
}

class Stage {
  readonly simulation: Simulation;
  readonly members = new Map<string, Member>();
  /** Since when somebody is wrong about somebody. */
  readonly wrongSince = new Map<string, number>();
  wrongMs = 0;

  constructor(seed: number) {
    const delay = { kind: 'uniform', minMs: 1, maxMs: 80 } as const;
    const network = { delay, lossRate: 0.2, duplicationRate: 0.1 };
    this.simulation = new Simulation({ seed, sameTimeOrder: 'random', network });
    for (const id of nodeIds) {
      this.simulation.addNode(id, ({ transport, clock, random }) => {
        const peers = nodeIds.filter((other) => other !== id);
        const relay = seed % 2 === 0 ? 'push' : 'compare';
        const replicator = new Replicator({
          ...{ transport, clock, random, peers, compareMs, relay, retryMsMax: 2_000 },
        });
        const member = new Member(id, replicator, (callback) => clock.setTimer(5, callback));
        member.attach();
        this.members.set(id, member);
        return { stop: () => replicator.close() };
      });
      this.#live(id);
    }
    this.#check();
  }

  #live(id: string): void {
    const random = this.simulation.random.fork(`life of ${id}`);
    const turn = (): void => {
      if (this.simulation.nowMs > untilMs) return;
      this.simulation.clock.setTimer(1 + random.int(600), turn);
      const member = this.members.get(id);
      const draw = random.int(20);
      if (draw === 0) member?.detach();
      else if (draw < 5) member?.attach();
      else member?.copy?.log.add('x');
    };
    this.simulation.clock.setTimer(100, turn);
  }

  #check(): void {
    this.simulation.clock.setTimer(20, () => {
      this.#check();
    });
    for (const [id, { replicator, copy }] of this.members) {
      for (const peer of nodeIds) {
        const { durable } = this.members.get(peer)?.copy ?? {};
        const isSaid = copy !== undefined && replicator.coverage('a').includes(peer);
        const isWrong = isSaid && !copy.log.texts.every((text) => durable?.has(text) === true);
        const pair = `${id} of ${peer}`;
        if (!isWrong) {
          this.wrongSince.delete(pair);
          continue;
        }
        const sinceMs = this.wrongSince.get(pair) ?? this.simulation.nowMs;
        this.wrongSince.set(pair, sinceMs);
        this.wrongMs = Math.max(this.wrongMs, this.simulation.nowMs - sinceMs);
      }
    }
  }
}

describe('a node that loses a document', () => {
  test.each(seeds(replay, 6))('is not counted on for long (SEED=%i)', async (seed) => {
    const stage = new Stage(seed);
    const { simulation, members, wrongSince } = stage;
    await simulation.run(untilMs);
    for (const { attach } of members.values()) attach();
    await simulation.run(2_000);
    simulation.calm();
    await simulation.run(20_000);
    expect(stage.wrongMs).toBeLessThan(wrongMsMax);
    expect([...wrongSince.keys()]).toEqual([]);
    for (const { replicator } of members.values()) {
      expect(replicator.coverage('a')).toHaveLength(4);
    }
  });
});
