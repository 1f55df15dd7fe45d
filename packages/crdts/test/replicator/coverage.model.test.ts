/**
 * Goal: at any time, whoever is said to have all that a node has is a peer that has it on its disk
 * and means to keep it; and once nothing happens any more, every such peer is said to.
 *
 * Method: three nodes add texts, lose the document and begin it anew, restart, wait for their disk,
 * and mean to keep what they have or not. Beside them, for each, a set of the texts that it has
 * promised to keep. Messages arrive in order and at once, so what is known is never out of date.
 */
import { type NodeId, nodeId, type Transport } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom } from '@quorate/transport/system';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Replicator } from '../../src/replicator/replicator.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { TextLog } from '../support/text-log.ts';

const names = ['n1', 'n2', 'n3'].map((name) => nodeId(name));
const compareMs = 10_000;

interface Copy {
  readonly log: TextLog;
  readonly detach: () => void;
  /** What is on the disk, and what of it others may count on. */
  durable: readonly string[];
  promised: readonly string[];
}

class Participant {
  readonly id: NodeId;
  readonly #clock: ManualClock;
  readonly #network: MemoryNetwork;
  #transport: Transport;
  replicator: Replicator;
  copy: Copy | undefined;
  keeps = true;
  #lives = 0;
  #disk = Promise.resolve();
  #sync = (): void => undefined;

  constructor(id: NodeId, clock: ManualClock, network: MemoryNetwork) {
    this.id = id;
    this.#clock = clock;
    this.#network = network;
    this.#transport = network.join(id);
    this.replicator = this.#begin();
  }

  attach(): void {
    if (this.copy !== undefined) return;
    this.#lives += 1;
    const log = new TextLog(`${this.id}@${this.#lives}`);
    const flushed = async (): Promise<void> => {
      const texts = log.texts;
      await this.#disk;
      copy.durable = [...new Set([...copy.durable, ...texts])];
      if (this.keeps) copy.promised = copy.durable;
    };
    const detach = this.replicator.attach('a', log, { flushed, keeps: () => this.keeps });
    const copy: Copy = { log, detach, durable: [], promised: [] };
    this.copy = copy;
  }

  detach(): void {
    this.copy?.detach();
    this.copy = undefined;
  }

  stay(keeps: boolean): void {
    this.keeps = keeps;
    if (keeps && this.copy !== undefined) this.copy.promised = this.copy.durable;
  }

  hold(isHeld: boolean): void {
    this.#sync();
    if (!isHeld) return;
    this.#disk = new Promise((resolve) => {
      this.#sync = resolve;
    });
  }

  async restart(): Promise<void> {
    this.copy = undefined;
    this.replicator.close();
    await this.#transport.close();
    this.#transport = this.#network.join(this.id);
    this.replicator = this.#begin();
    this.attach();
  }

  #begin(): Replicator {
    const random = seededRandom(this.#lives + 7);
    const peers = names.filter((name) => name !== this.id);
    return new Replicator({
      ...{ transport: this.#transport, clock: this.#clock, random, peers, compareMs },
    });
  }
}

const step = fc.record({
  at: fc.nat({ max: 2 }),
  what: fc.constantFrom(
    ...(['add', 'add', 'add', 'detach', 'attach', 'attach'] as const),
    ...(['hold', 'sync', 'leave', 'stay', 'restart'] as const),
  ),
  thenMs: fc.constantFrom(0, 0, 1, 20, 600, compareMs),
});

async function carryOut(what: string, node: Participant): Promise<void> {
  if (what === 'add') node.copy?.log.add('x');
  if (what === 'detach') node.detach();
  if (what === 'attach') node.attach();
  if (what === 'hold' || what === 'sync') node.hold(what === 'hold');
  if (what === 'leave' || what === 'stay') node.stay(what === 'stay');
  if (what === 'restart') await node.restart();
}

test(
  'who is said to have all has it, and who has it is said to',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
        const clock = new ManualClock();
        const network = new MemoryNetwork({ clock });
        const nodes = names.map((name) => new Participant(name, clock, network));
        for (const node of nodes) node.attach();
        const check = (): void => {
          for (const { id, replicator, copy } of nodes) {
            if (copy === undefined) continue;
            for (const peer of replicator.coverage('a')) {
              const { copy: there } = nodes.find((node) => node.id === peer)!;
              expect(there?.promised, `${id} of ${peer}`).toEqual(
                expect.arrayContaining([...copy.log.texts]),
              );
            }
          }
        };
        for (const { at, what, thenMs } of steps) {
          await carryOut(what, nodes[at]!);
          await clock.advance(thenMs);
          check();
        }
        for (const node of nodes) node.hold(false);
        await clock.advance(4 * compareMs);
        check();
        for (const { id, replicator, copy } of nodes) {
          if (copy === undefined) continue;
          const keeping = nodes.filter((node) => node.id !== id && node.copy && node.keeps);
          expect(replicator.coverage('a')).toEqual(keeping.map((node) => node.id));
          replicator.close();
        }
      }),
      { numRuns: 300 },
    );
  },
);
