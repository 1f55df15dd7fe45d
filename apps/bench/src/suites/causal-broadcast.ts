import { CausalBuffer } from '@quorate/vector-clocks';

import type { BenchCase, Contender, Metric, Suite } from '../suite.ts';

/** A published message: who, and what that one had delivered. */
interface Published {
  readonly origin: number;
  readonly vector: Float64Array;
}

const deliveries: Metric = { name: 'deliveries', unit: 'deliveries/s', better: 'higher' };

/** What `memberCount` members publish in turn, each after it has heard of all before. */
function conversation(memberCount: number, count: number): readonly Published[] {
  const known = new Float64Array(memberCount);
  return Array.from({ length: count }, (_, place) => {
    const origin = place % memberCount;
    known[origin] = (known[origin] ?? 0) + 1;
    return { origin, vector: known.slice() };
  });
}

/** Reversed in blocks: the first of each block comes last, and lets all others out. */
function reversedInBlocks(messages: readonly Published[], size: number): readonly Published[] {
  const blocks = Array.from({ length: Math.ceil(messages.length / size) }, (_, block) =>
    messages.slice(block * size, (block + 1) * size).reverse(),
  );
  return blocks.flat();
}

/** Looks at all that waits after each delivery, until nothing fits any more. */
class RescanningBuffer {
  readonly #delivered: Float64Array;
  readonly #waiting: Published[] = [];
  deliveredCount = 0;

  constructor(memberCount: number) {
    this.#delivered = new Float64Array(memberCount);
  }

  offer(message: Published): void {
    if (!this.#isNext(message)) {
      this.#waiting.push(message);
      return;
    }
    this.#deliver(message);
    for (let place = 0; place < this.#waiting.length; place += 1) {
      const waiting = this.#waiting[place];
      if (waiting === undefined || !this.#isNext(waiting)) continue;
      const last = this.#waiting.pop();
      if (last !== undefined && last !== waiting) this.#waiting[place] = last;
      this.#deliver(waiting);
      // From the beginning: something before may fit now.
      place = -1;
    }
  }

  #deliver({ origin, vector }: Published): void {
    this.#delivered[origin] = vector[origin] ?? 0;
    this.deliveredCount += 1;
  }

  #isNext({ origin, vector }: Published): boolean {
    for (let index = 0; index < vector.length; index += 1) {
      const known = this.#delivered[index] ?? 0;
      const needed = vector[index] ?? 0;
      if (index === origin ? needed !== known + 1 : needed > known) return false;
    }
    return true;
  }
}

/** Runs `deliverAll`, which says how many messages it delivered, and counts them by time. */
function contender(name: string, count: number, deliverAll: () => number): Contender {
  return {
    name,
    run() {
      const startedAt = performance.now();
      const delivered = deliverAll();
      const seconds = (performance.now() - startedAt) / 1_000;
      if (delivered !== count) throw new Error(`expected ${count} deliveries, got ${delivered}`);
      return { [deliveries.name]: delivered / seconds };
    },
  };
}

function benchCase(name: string, memberCount: number, arrivals: readonly Published[]): BenchCase {
  const { length } = arrivals;
  return {
    name: `${name}, members: ${memberCount}`,
    metrics: [deliveries],
    ours: contender('CausalBuffer', length, () => {
      const buffer = new CausalBuffer<Published>({ memberCount, waitingCountMax: length });
      let count = 0;
      for (const message of arrivals) {
        buffer.offer(message.origin, message.vector, message);
        while (buffer.take() !== undefined) count += 1;
      }
      return count;
    }),
    peers: [
      contender('a rescan after each delivery', length, () => {
        const buffer = new RescanningBuffer(memberCount);
        for (const message of arrivals) buffer.offer(message);
        return buffer.deliveredCount;
      }),
    ],
  };
}

/** The buffer of causal broadcast alone, beside the one that everybody writes first. */
export const suite: Suite = {
  name: 'causal-broadcast',
  description: 'What does causal order cost a receiver, and how does that grow with what waits?',
  cases: [3, 32].flatMap((memberCount) => {
    const messages = conversation(memberCount, 8_192);
    return [
      benchCase('in order', memberCount, messages),
      benchCase('64 backwards at a time', memberCount, reversedInBlocks(messages, 64)),
      benchCase('4,096 backwards at a time', memberCount, reversedInBlocks(messages, 4_096)),
    ];
  }),
};
