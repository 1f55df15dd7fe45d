import type { CausalDelivery } from '../../src/broadcast/causal-delivery.ts';
import { type Life, type SimulatedGroup, stateBytes } from './simulated-group.ts';

type Counts = Map<string, number>;

/**
 * Holds a group to its promise from outside, by what was published when and delivered where; it
 * believes no clock. The past of a message is what its origin had delivered when it published.
 */
export class CausalityChecker {
  /** Of each life, how many messages of each origin it has, by delivery or by state. */
  readonly #known = new Map<Life, Counts>();
  readonly #pasts = new Map<string, Counts>();
  /** Messages that `publish` accepted, by life. */
  readonly #accepted = new Map<Life, number>();
  readonly #group: SimulatedGroup;

  constructor(group: SimulatedGroup) {
    this.#group = group;
    group.onHeard = (life, { delivery }) => {
      this.#deliver(life, delivery);
    };
  }

  /** Messages published so far. */
  get publishedCount(): number {
    return this.#pasts.size;
  }

  /** Whether nobody is left who has the state. */
  get isOver(): boolean {
    return this.#group.nodeIds.every(
      (id) => this.#group.life(id).broadcast.membership !== 'member',
    );
  }

  /** Takes note of the state that `life` begins with. */
  restore(life: Life, state: Uint8Array): void {
    const known = this.#knownBy(life);
    for (const name of stateBytes.names(state)) {
      const at = name.lastIndexOf(':');
      const [origin, counter] = [name.slice(0, at), Number(name.slice(at + 1))];
      known.set(origin, Math.max(known.get(origin) ?? 0, counter));
    }
  }

  /** Publishes on behalf of `life`, and remembers what that one knew. */
  publish(life: Life, payload: Uint8Array): void {
    const counter = (this.#accepted.get(life) ?? 0) + 1;
    const name = `${life.id}:${counter}`;
    const past = new Map(this.#knownBy(life));
    past.set(life.id, counter);
    this.#pasts.set(name, past);
    const { kind } = life.broadcast.publish(payload);
    if (kind === 'accepted') this.#accepted.set(life, counter);
    else this.#pasts.delete(name);
  }

  /** All members have the same, all that was accepted of members among it, and nothing waits. */
  expectConverged(): void {
    const members = this.#group.members.map(({ node }) => this.#group.life(node));
    const [first] = members;
    if (first === undefined) throw new Error('expected a member');
    const wanted = textOf(this.#knownBy(first));
    for (const life of members) {
      const { membership, stats, clock } = life.broadcast;
      if (membership !== 'member') throw new Error(`${life.id} is ${membership}`);
      const text = textOf(this.#knownBy(life));
      if (text !== wanted) throw new Error(`${life.id} has ${text}, ${first.id} has ${wanted}`);
      const accepted = this.#accepted.get(life) ?? 0;
      const own = this.#knownBy(first).get(life.id) ?? 0;
      if (own !== accepted) throw new Error(`${accepted} of ${life.id} accepted, ${own} delivered`);
      if (clock.get(life.id) !== accepted) throw new Error(`${life.id} counts ${accepted} wrong`);
      const { waitingCount, waitingBytes, keptCount, keptBytes } = stats;
      const sizes = { waitingCount, waitingBytes, keptCount, keptBytes };
      if (Object.values(sizes).some((size) => size !== 0)) {
        throw new Error(`${life.id} holds ${JSON.stringify(sizes)}`);
      }
    }
  }

  #deliver(life: Life, { origin, counter, clock }: CausalDelivery): void {
    const name = `${origin}:${counter}`;
    const past = this.#pasts.get(name);
    if (past === undefined) throw new Error(`${life.id} delivers ${name}, which nobody published`);
    const known = this.#knownBy(life);
    const before = known.get(origin) ?? 0;
    if (counter !== before + 1) throw new Error(`${life.id} delivers ${name} after ${before}`);
    for (const [other, needed] of past) {
      const has = known.get(other) ?? 0;
      if (other === origin || has >= needed) continue;
      throw new Error(`${life.id} delivers ${name} before ${other}:${needed}, after ${has}`);
    }
    for (const [id, value] of clock) {
      if (value === past.get(id)) continue;
      throw new Error(`${name} claims ${value} of ${id}, its origin had ${past.get(id)}`);
    }
    known.set(origin, counter);
  }

  #knownBy(life: Life): Counts {
    const known = this.#known.get(life) ?? new Map<string, number>();
    this.#known.set(life, known);
    return known;
  }
}

function textOf(counts: Counts): string {
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([id, count]) => `${id}:${count}`)
    .sort()
    .join(' ');
}
