/**
 * Five nodes as real processes under everything that can be done to them. Goal: what clients see is
 * linearizable, nothing acknowledged is lost, and service is back soon after a leader was killed.
 * Method: in each round clients write and read registers of their own while a fault drawn from the
 * seed strikes; once it is over and all nodes hold the same, the round's history is checked. Rounds
 * go on for `QUORATE_CHAOS_MINUTES`, or one of each fault is tried.
 */
import type { KeyValueInput } from '@quorate/linearizability';
import { nodeId, type Random } from '@quorate/transport';
import type { FaultRule } from '@quorate/transport/faulty';
import { seededRandom } from '@quorate/transport/system';
import { afterEach, describe, expect, test } from 'vitest';

import { ClientHistory, type KeyValueChange, NoAnswer } from './support/client-history.ts';
import { RealCluster } from './support/real-cluster.ts';

const minutes = Number(process.env['QUORATE_CHAOS_MINUTES'] ?? 0);
const seed = Number(process.env['SEED'] ?? 1);
const nodeCount = 5;
const clientCount = 8;
const keyCount = 4;
const tickMs = 30;
/** `electionTimeoutTicks`, as nodes have it if left out: the least that a follower waits. */
const electionTimeoutMs = 10 * tickMs;

let cluster: RealCluster | undefined;

afterEach(async () => {
  await cluster?.dispose();
  cluster = undefined;
});

/** One fault: strikes, and returns what ends it. `majority`: whether service goes on meanwhile. */
interface Trouble {
  readonly majority: 'serves' | 'waits';
  strike(target: RealCluster, random: Random): Promise<() => Promise<void> | void>;
}

const killing = (count: number, majority: Trouble['majority'], from?: 'leader'): Trouble => ({
  majority,
  strike: async (target, random) => {
    const ids = from === 'leader' ? [target.leader] : drawn(target.ids, count, random);
    await Promise.all(ids.map((id) => target.kill(id)));
    return () => ids.forEach((id) => target.restart(id));
  },
});

const pausing = (choose: (target: RealCluster, random: Random) => string): Trouble => ({
  majority: 'serves',
  strike: (target, random) => {
    const id = choose(target, random);
    target.pause(id);
    return Promise.resolve(() => target.resume(id));
  },
});

const network = (
  majority: Trouble['majority'],
  rulesOf: (target: RealCluster, random: Random) => readonly FaultRule[],
): Trouble => ({
  majority,
  strike: (target, random) => {
    target.setRules(rulesOf(target, random));
    return Promise.resolve(() => target.setRules([]));
  },
});

const filling = (choose: (target: RealCluster, random: Random) => string): Trouble => ({
  majority: 'serves',
  strike: (target, random) => {
    const id = choose(target, random);
    target.fillDisk(id, 'full');
    return Promise.resolve(() => target.fillDisk(id, 'free'));
  },
});

const theLeader = (target: RealCluster): string => target.leader;
const anyone = (target: RealCluster, random: Random): string =>
  drawn(target.ids, 1, random)[0] ?? '';

const troubles: Readonly<Record<string, Trouble>> = {
  'SIGKILL to the leader': killing(1, 'serves', 'leader'),
  'SIGKILL to two': killing(2, 'serves'),
  'SIGKILL to three': killing(3, 'waits'),
  'a power cut': killing(nodeCount, 'waits'),
  'SIGSTOP to the leader': pausing(theLeader),
  'SIGSTOP to one': pausing(anyone),
  'the leader cut off': network('serves', (target) => split(target, [target.leader])),
  'two cut off': network('serves', (target, random) => split(target, drawn(target.ids, 2, random))),
  'a bridge between two halves': network('serves', (target, random) => {
    const [left1 = '', left2 = '', right1 = '', right2 = ''] = drawn(target.ids, 4, random);
    return [{ kind: 'partition', groups: [nodes([left1, left2]), nodes([right1, right2])] }];
  }),
  'the leader is not heard': network('serves', (target) => [
    { kind: 'cut', from: nodes([target.leader]), to: others(target, target.leader) },
  ]),
  'the leader does not hear': network('serves', (target) => [
    { kind: 'cut', from: others(target, target.leader), to: nodes([target.leader]) },
  ]),
  'a lossy network': network('serves', () => [
    {
      kind: 'disturb',
      lossRate: 0.1,
      duplicationRate: 0.1,
      delayMs: { kind: 'exponential', minMs: 0, meanMs: 5 },
    },
  ]),
  "the leader's disk full": filling(theLeader),
  'a disk full': filling(anyone),
};

describe.skipIf(process.platform === 'win32')('five real nodes', () => {
  test(
    'keep every promise under every fault',
    { timeout: Math.max(240_000, (minutes + 3) * 60_000) },
    async () => {
      const random = seededRandom(seed);
      cluster = RealCluster.start(nodeCount, tickMs);
      const names = Object.keys(troubles);
      const endMs = performance.now() + minutes * 60_000;
      const failoversMs: number[] = [];
      const last = new Map<string, unknown>();
      let answerCount = 0;
      for (let round = 0; round < names.length || performance.now() < endMs; round += 1) {
        const name = names[round < names.length ? round : random.int(names.length)] ?? '';
        const trouble = troubles[name];
        if (!trouble) throw new Error(`no trouble ${name}`);
        const clients = new Clients(cluster, round, random.fork(`round ${round}`));
        await clients.more(20);
        const struckAtMs = performance.now();
        const end = await trouble.strike(cluster, random);
        if (trouble.majority === 'serves') {
          await clients.more(1, 'write');
          if (name === 'SIGKILL to the leader') failoversMs.push(performance.now() - struckAtMs);
          await clients.more(100);
        } else {
          await clients.attempts(50);
        }
        await end();
        await clients.more(20);
        answerCount += await clients.finish(last);
      }
      const cut = await killing(nodeCount, 'waits').strike(cluster, random);
      await cut();
      for (const [key, value] of last) {
        expect(await insist(cluster, { kind: 'get', key }), key).toBe(value);
      }
      expect(cluster.failures).toEqual([]);
      failoversMs.sort((left, right) => left - right);
      const shown = failoversMs.map((ms) => (ms / electionTimeoutMs).toFixed(2)).join(' ');
      console.info(
        `${answerCount} answers, ${last.size} registers; failovers in election timeouts of ` +
          `${electionTimeoutMs} ms: ${shown}`,
      );
    },
  );
});

/** The clients of one round, with registers that no other round uses. */
class Clients {
  readonly #target: RealCluster;
  readonly #round: number;
  readonly #history = new ClientHistory({ nowMs: () => performance.now() });
  readonly #loops: readonly Promise<void>[];
  readonly #registers = new Set<number>();
  readonly #waiting = new Set<(done: Done) => void>();
  #answerCount = 0;
  #valueCount = 0;
  #isStopped = false;

  constructor(target: RealCluster, round: number, random: Random) {
    this.#target = target;
    this.#round = round;
    this.#loops = Array.from({ length: clientCount }, (_, place) =>
      this.#work(`c${place + 1}`, random.fork(`c${place + 1}`)),
    );
  }

  /** Resolves once so many more calls, of that kind, were answered. */
  more(count: number, kind: 'any' | 'write' = 'any'): Promise<void> {
    return this.#until(count, (done) => done.isAnswered && (kind === 'any' || done.isWrite));
  }

  /** Resolves once so many more calls have ended, answered or not. */
  attempts(count: number): Promise<void> {
    return this.#until(count, () => true);
  }

  /**
   * Stops them, waits until all nodes hold the same, reads every register, and checks all they saw.
   *
   * @param last - Takes what each register holds in the end.
   * @returns How many answers there were.
   */
  async finish(last: Map<string, unknown>): Promise<number> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
    await this.#target.converge();
    for (const register of this.#registers) {
      await this.#history.read('last', register, async () => {
        const value = await insist(this.#target, this.#get(register));
        last.set(this.#keyOf(register), value);
        return value;
      });
    }
    this.#history.expectLinearizable();
    return this.#answerCount;
  }

  async #work(client: string, random: Random): Promise<void> {
    while (!this.#isStopped) {
      const id = drawn(this.#target.ids, 1, random)[0] ?? '';
      const register = this.#history.registerOf(random.int(keyCount), keyCount);
      this.#registers.add(register);
      const isWrite = random.int(2) === 0;
      const done = { isWrite, isAnswered: false };
      const call = async (input: KeyValueInput) => {
        const output = await this.#target.ask(id, input);
        done.isAnswered = true;
        return output;
      };
      if (isWrite) {
        const change = this.#drawChange(random);
        const key = this.#keyOf(register);
        await this.#history.write(client, register, change, () => call({ ...change, key }));
      } else {
        await this.#history.read(client, register, () => call(this.#get(register)));
      }
      if (done.isAnswered) this.#answerCount += 1;
      else await backoff();
      for (const tell of [...this.#waiting]) tell(done);
    }
  }

  #drawChange(random: Random): KeyValueChange {
    this.#valueCount += 1;
    const value = `v${this.#valueCount}`;
    if (random.int(3) > 0) return { kind: 'put', value };
    const expected = `v${1 + random.int(this.#valueCount)}`;
    return { kind: 'cas', expected, value };
  }

  #get(register: number): KeyValueInput {
    return { kind: 'get', key: this.#keyOf(register) };
  }

  #keyOf(register: number): string {
    return `${this.#round}/${register}`;
  }

  #until(count: number, isSuch: (done: Done) => boolean): Promise<void> {
    return new Promise((resolve) => {
      let left = count;
      const take = (done: Done): void => {
        if (!isSuch(done)) return;
        left -= 1;
        if (left > 0) return;
        this.#waiting.delete(take);
        resolve();
      };
      this.#waiting.add(take);
    });
  }
}

/** What became of one call. */
interface Done {
  readonly isWrite: boolean;
  readonly isAnswered: boolean;
}

/** Asks until there is an answer. */
async function insist(target: RealCluster, input: KeyValueInput) {
  for (;;) {
    try {
      return await target.ask(target.leader, input);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await backoff();
    }
  }
}

function backoff(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

function drawn(ids: readonly string[], count: number, random: Random): readonly string[] {
  const left = [...ids];
  return Array.from({ length: count }, () => left.splice(random.int(left.length), 1)[0] ?? '');
}

function nodes(ids: readonly string[]) {
  return ids.map((id) => nodeId(id));
}

function others({ ids }: RealCluster, id: string) {
  return nodes(ids.filter((each) => each !== id));
}

function split({ ids }: RealCluster, group: readonly string[]): readonly FaultRule[] {
  const rest = ids.filter((id) => !group.includes(id));
  return [{ kind: 'partition', groups: [nodes(group), nodes(rest)] }];
}
