import { describe, expect, test } from 'vitest';

import {
  type Configuration,
  configurationOf,
  type MembershipChange,
} from '../../src/configuration.ts';
import { addVoter } from '../../src/node/add-voter.ts';
import type { MembershipOptions } from '../../src/node/membership-request.ts';
import type { MembershipOutcome } from '../../src/node/outcomes.ts';
import { a, b, c, d } from '../support/lone-node.ts';
import { ManualClock } from '../support/manual-clock.ts';

const committed: MembershipOutcome = {
  kind: 'committed',
  logIndex: 1,
  result: new Uint8Array(0),
};

function rejected(reason: 'notCaughtUp' | 'changePending' | 'notLeader'): MembershipOutcome {
  return { kind: 'rejected', reason, leaderId: undefined };
}

/** A node that answers as it is told, one answer after the other, the last again and again. */
class Scripted {
  readonly clock = new ManualClock();
  readonly asked: string[] = [];
  readonly timeouts: (number | undefined)[] = [];
  readonly #answers: MembershipOutcome[];
  readonly #learners: readonly (typeof d)[];

  constructor(answers: readonly MembershipOutcome[], learners: readonly (typeof d)[] = []) {
    this.#answers = [...answers];
    this.#learners = learners;
  }

  changeMembership(
    changes: readonly MembershipChange[],
    { timeoutMs }: MembershipOptions,
  ): Promise<MembershipOutcome> {
    this.asked.push(changes.map(({ kind, node }) => `${kind} ${node}`).join());
    this.timeouts.push(timeoutMs);
    const [answer = committed, ...rest] = this.#answers;
    if (rest.length > 0) this.#answers.shift();
    return Promise.resolve(answer);
  }

  status(): { readonly configuration: Configuration } {
    return { configuration: { ...configurationOf([a, b, c]), learners: this.#learners } };
  }

  add(options: MembershipOptions = {}): Promise<MembershipOutcome> {
    return addVoter({ clock: this.clock, retryMs: 50, node: d, raft: this }, options);
  }

  /** Lets time pass, in which it may ask again. */
  async pass(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      this.clock.advance(50);
    }
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }
}

describe('adding a voter', () => {
  test('lets a stranger learn first, and asks until it has caught up', async () => {
    const waits = [rejected('changePending'), rejected('notCaughtUp'), rejected('notCaughtUp')];
    const scripted = new Scripted([committed, ...waits, committed]);
    const outcome = scripted.add();
    await scripted.pass(4);
    expect(await outcome).toEqual(committed);
    expect(scripted.asked).toEqual(['addLearner d', ...Array<string>(4).fill('addVoter d')]);
    expect(scripted.clock.timerCount).toBe(0);
  });

  test('promotes a learner', async () => {
    const scripted = new Scripted([committed], [d]);
    expect(await scripted.add()).toEqual(committed);
    expect(scripted.asked).toEqual(['addVoter d']);
  });

  test('ends with what does not pass by itself', async () => {
    const scripted = new Scripted([rejected('notLeader')]);
    expect(await scripted.add()).toEqual(rejected('notLeader'));
    expect(scripted.asked).toEqual(['addLearner d']);
  });

  test('gives up in time, and leaves each attempt what is left of it', async () => {
    const scripted = new Scripted([committed, rejected('notCaughtUp')]);
    const outcome = scripted.add({ timeoutMs: 120 });
    await scripted.pass(4);
    expect(await outcome).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(scripted.timeouts).toEqual([120, 120, 70, 20]);
  });
});
