import type { Simulation } from '@quorate/simulation';
import type { NodeId, Random } from '@quorate/transport';

import { type Member, memberId } from '../../src/broadcast/member.ts';
import type { SimulatedGroup } from './simulated-group.ts';

/** How members come and go. */
export interface ManagerOptions {
  /** How long an epoch takes to be agreed upon, at most, in ms. */
  readonly agreeMsMax: number;
  /** How long each node takes to hear of it, at most, in ms. */
  readonly tellMsMax: number;
  /** How often somebody who runs is taken for dead, in a minute. */
  readonly evictionsPerMinute: number;
  readonly untilMs: number;
}

/**
 * Stands for the service that agrees on members: it sees who runs, late, is wrong now and then, and
 * tells each node at another time. What it says is the same for all.
 */
export class MembershipManager {
  readonly #simulation: Simulation;
  readonly #group: SimulatedGroup;
  readonly #options: ManagerOptions;
  readonly #random: Random;
  /** Lives that were members once, and never are again. */
  readonly #departed = new Set<string>();

  constructor(simulation: Simulation, group: SimulatedGroup, options: ManagerOptions) {
    this.#simulation = simulation;
    this.#group = group;
    this.#options = options;
    this.#random = simulation.random.fork('members');
    this.#look();
    if (options.evictionsPerMinute > 0) this.#evictLater();
  }

  #look(): void {
    const { clock } = this.#simulation;
    clock.setTimer(1 + this.#random.int(this.#options.agreeMsMax), () => {
      this.#look();
      const running = this.#group.nodeIds.filter((id) => this.#simulation.stateOf(id) !== 'down');
      const members = this.#group
        .membersOf(running)
        .filter((member) => !this.#departed.has(memberId(member)));
      if (!areSame(members, this.#group.members)) this.#agree(members);
      // Whoever began since has to hear of all of them.
      for (const id of running) this.#tellLater(id);
    });
  }

  #agree(members: readonly Member[]): void {
    // With nobody left who has the state, there would be no group any more.
    if (this.#holders(members).length === 0 && this.#group.epoch > 0) return;
    for (const member of this.#group.members) {
      if (!isAmong(member, members)) this.#departed.add(memberId(member));
    }
    this.#group.agree(members);
  }

  /** Those of `members` who run and have the state. */
  #holders(members: readonly Member[]): readonly Member[] {
    return members.filter(({ node }) => {
      const isUp = this.#simulation.stateOf(node) !== 'down';
      return isUp && this.#group.life(node).broadcast.membership === 'member';
    });
  }

  #tellLater(id: NodeId): void {
    this.#simulation.clock.setTimer(this.#random.int(this.#options.tellMsMax), () => {
      const isUp = ['running', 'starting'].includes(this.#simulation.stateOf(id));
      if (isUp) this.#group.tell(id);
    });
  }

  #evictLater(): void {
    const { clock } = this.#simulation;
    const meanMs = 60_000 / this.#options.evictionsPerMinute;
    clock.setTimer(this.#random.int(2 * meanMs), () => {
      if (clock.nowMs() > this.#options.untilMs) return;
      this.#evictLater();
      const holders = this.#holders(this.#group.members);
      if (holders.length < 4) return;
      const victim = holders[this.#random.int(holders.length)];
      if (victim === undefined) return;
      this.#agree(this.#group.members.filter((member) => member !== victim));
      for (const id of this.#group.nodeIds) this.#tellLater(id);
      // It does not know, and goes on for a while; then it is started anew.
      clock.setTimer(this.#random.int(1_500), () => {
        if (this.#group.life(victim.node).member !== victim) return;
        if (this.#simulation.stateOf(victim.node) === 'down') return;
        this.#simulation.crash(victim.node);
        clock.setTimer(50, () => {
          if (this.#simulation.stateOf(victim.node) === 'down') {
            this.#simulation.restart(victim.node);
          }
        });
      });
    });
  }
}

function isAmong(member: Member, members: readonly Member[]): boolean {
  return members.some((other) => memberId(other) === memberId(member));
}

function areSame(left: readonly Member[], right: readonly Member[]): boolean {
  return left.length === right.length && left.every((member) => isAmong(member, right));
}
