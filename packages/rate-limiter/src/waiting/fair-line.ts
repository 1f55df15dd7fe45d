/*
 * Turns that tenants share, however many requests each of them has waiting.
 *
 * First come, first served is fair to requests, not to those who send them: who sends a thousand
 * at once has the next thousand turns. Turns in rotation, one for each tenant, are unfair where
 * costs differ, and know nothing of tenants that shall have more.
 *
 * Start-time fair queueing gives each tenant a clock of its own, which counts the cost it was
 * served divided by its weight. The turn is that of the tenant whose clock shows least. The line's
 * clock shows what that of the tenant served last showed before. A tenant that comes to wait sets
 * its own to the line's if it is behind: a rest is no credit, and a turn taken just before is not
 * forgotten.
 *
 * ```text
 *   a (weight 1)  cost 1 1 1 1 …    clock 0 → 1 → 2 → 3
 *   b (weight 2)  cost 1 1 1 1 …    clock 0 → ½ → 1 → 1½        turns: a b b a b b a b b …
 *   c (weight 1)  comes at 2        clock 2                     at most one turn of each before it
 * ```
 *
 * Laws, with c the largest cost of a tenant's requests and w its weight:
 *
 * 1. While two tenants both wait, what they are served, each divided by its weight, differs by at
 *    most c/w of the one plus c/w of the other, over any interval (theorem 1 of the paper).
 * 2. Before the first request of a tenant that comes anew, each other tenant has at most one turn
 *    (theorem 4).
 *
 * A clock is needed by the tenant's weight and the cost of what was served only. So whoever leaves
 * before its turn costs its tenant nothing, and in which order a tenant has its own requests
 * served, here by priority, is nobody else's business. Deficit round robin (Shreedhar and Varghese
 * 1995) is cheaper for each turn, and lets a newcomer wait for a quantum of everybody.
 *
 * Source: P. Goyal, H. M. Vin, H. Cheng, "Start-time fair queueing: a scheduling algorithm for
 * integrated services packet switching networks", SIGCOMM 1996. Departures: whole numbers, with
 * what a division leaves carried on, so that nothing drifts; and few tenants that do not wait are
 * remembered. Of the others only the clock that showed most is: newcomers begin there if the
 * line's is behind it, so that law 1 allows for the largest c/w of all twice, and nobody gains by
 * being forgotten.
 */
import { invariant } from '../invariant.ts';
import type { Priority } from '../rate-limiter.ts';
import { type Waiting, WaitingLine } from './waiting-line.ts';

/** A request in a line of many tenants. */
export interface TenantWaiting extends Waiting {
  readonly tenant: string;
}

/** The largest weight of a tenant. */
export const WEIGHT_MAX = 1_000;

/** Units of a clock for a cost of 1 at weight 1: the weights from 1 to 16 divide it. */
const UNITS = 720_720;

/** How far the line's clock goes before all are set back: with two turns on top it is exact. */
const CLOCK_MAX = 2 ** 51;

/** Who may wait in a line, and remembers what. */
export interface FairLineOptions {
  /** How many tenants may wait, and how many that do not are remembered. */
  readonly maxTenants: number;
}

/** A tenant that waits, or has lately. */
interface Flow<Item extends TenantWaiting> {
  readonly waiting: WaitingLine<Item>;
  readonly weight: number;
  /** Its clock: when its next turn starts, in units. */
  start: number;
  /** What the divisions by its weight have left. */
  rest: number;
}

/** Who waits for one key, and whose turn it is: a fair share of the turns for each tenant. */
export class FairLine<Item extends TenantWaiting> {
  readonly #maxTenants: number;
  /** Tenants that wait, by how long nobody of them had a turn. */
  readonly #flows = new Map<string, Flow<Item>>();
  /** Tenants that do not wait, whose clocks are ahead of the line's. */
  readonly #rested = new Map<string, Flow<Item>>();
  /** The line's clock. */
  #clock = 0;
  /** What the clock of a tenant showed that was forgotten. */
  #forgotten = 0;
  #size = 0;

  constructor({ maxTenants }: FairLineOptions) {
    this.#maxTenants = maxTenants;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** How many tenants do. */
  get tenantCount(): number {
    return this.#flows.size;
  }

  /** How many tenants are remembered that do not wait. */
  get restedCount(): number {
    return this.#rested.size;
  }

  /** How many wait of one tenant. */
  sizeOf(tenant: string): number {
    return this.#flows.get(tenant)?.waiting.size ?? 0;
  }

  /** Whether somebody of `tenant` may join. */
  hasRoomFor(tenant: string): boolean {
    return this.#flows.has(tenant) || this.#flows.size < this.#maxTenants;
  }

  /**
   * Joins at the end of its tenant's requests.
   *
   * @param weight - An integer of 1..1,000. Counts if the tenant does not wait yet.
   */
  add(item: Item, weight: number): void {
    let flow = this.#flows.get(item.tenant);
    if (flow === undefined) {
      invariant(this.#flows.size < this.#maxTenants, 'only so many tenants wait');
      flow = this.#begun(item.tenant, weight);
      this.#flows.set(item.tenant, flow);
    }
    flow.waiting.add(item);
    this.#size += 1;
  }

  /** Leaves before its turn. Idempotent. */
  remove(item: Item): void {
    const flow = this.#flows.get(item.tenant);
    if (flow?.waiting.has(item) !== true) return;
    flow.waiting.remove(item);
    this.#size -= 1;
    if (flow.waiting.size === 0) this.#rest(item.tenant, flow);
  }

  /** Everybody, by tenant. */
  all(): readonly Item[] {
    return [...this.#flows.values()].flatMap(({ waiting }) => waiting.all());
  }

  /** Whose turn it is: of the tenant whose clock shows least, who has waited longest of such. */
  next(): Item | undefined {
    let earliest: Flow<Item> | undefined;
    for (const flow of this.#flows.values()) {
      if (earliest === undefined || flow.start < earliest.start) earliest = flow;
    }
    return earliest?.waiting.next();
  }

  /** Takes out `item`, which has had its turn. */
  served(item: Item): void {
    const flow = this.#flows.get(item.tenant);
    invariant(flow?.waiting.has(item) === true, 'who has a turn waits for it');
    flow.waiting.served(item);
    invariant(flow.start >= this.#clock, 'the clock of a line does not go back');
    this.#clock = flow.start;
    const dividend = item.cost * UNITS + flow.rest;
    flow.rest = dividend % flow.weight;
    flow.start += (dividend - flow.rest) / flow.weight;
    this.#size -= 1;
    this.#flows.delete(item.tenant);
    // Behind those whose clocks show the same: they have waited longer.
    if (flow.waiting.size > 0) this.#flows.set(item.tenant, flow);
    else this.#rest(item.tenant, flow);
    if (this.#clock > CLOCK_MAX) this.#setBack();
  }

  /**
   * Who has to leave so that somebody of `tenant` may join a line that is full: the last of the
   * tenant with most waiting, if `tenant` has at least two less. Otherwise nobody.
   */
  outnumbered(tenant: string): Item | undefined {
    let longest: Flow<Item> | undefined;
    for (const flow of this.#flows.values()) {
      if (flow.waiting.size > (longest?.waiting.size ?? 0)) longest = flow;
    }
    if (longest === undefined || longest.waiting.size < this.sizeOf(tenant) + 2) return undefined;
    return longest.waiting.last();
  }

  /**
   * What those cost together who come before somebody that joins now, if nobody joins after and
   * nobody leaves. By arrival in each tenant, where priorities are mixed.
   */
  costBefore(tenant: string, priority: Priority, weight: number): number {
    const own = this.#flows.get(tenant);
    const ownCost = own?.waiting.costBefore(priority) ?? 0;
    const ownWeight = own?.weight ?? weight;
    const start = (own?.start ?? this.#startOf(tenant)) + (ownCost * UNITS) / ownWeight;
    let cost = ownCost;
    // Of clocks that show the same, the first in the map has the turn.
    let isEarlier = true;
    for (const flow of this.#flows.values()) {
      if (flow === own) isEarlier = false;
      else cost += costUntil(flow, start, isEarlier ? 'included' : 'excluded');
    }
    return cost;
  }

  #startOf(tenant: string): number {
    const known = this.#rested.get(tenant);
    return Math.max(this.#clock, known === undefined ? this.#forgotten : known.start);
  }

  #begun(tenant: string, weight: number): Flow<Item> {
    const known = this.#rested.get(tenant);
    const start = this.#startOf(tenant);
    this.#rested.delete(tenant);
    const rest = known?.start === start && known.weight === weight ? known.rest : 0;
    return { waiting: new WaitingLine<Item>(), weight, start, rest };
  }

  /** Nobody of `tenant` waits any more; that its clock is ahead is remembered. */
  #rest(tenant: string, flow: Flow<Item>): void {
    this.#flows.delete(tenant);
    if (flow.start <= this.#clock) return;
    this.#rested.set(tenant, flow);
    if (this.#rested.size <= this.#maxTenants) return;
    let [least, leastStart] = ['', Infinity];
    for (const [name, { start }] of this.#rested) {
      if (start <= this.#clock) this.#rested.delete(name);
      else if (start < leastStart) [least, leastStart] = [name, start];
    }
    if (this.#rested.size <= this.#maxTenants) return;
    this.#rested.delete(least);
    this.#forgotten = Math.max(this.#forgotten, leastStart);
  }

  /** Only differences count. */
  #setBack(): void {
    const by = this.#clock;
    for (const flow of this.#flows.values()) flow.start -= by;
    for (const flow of this.#rested.values()) flow.start -= by;
    this.#forgotten -= by;
    this.#clock = 0;
  }
}

/** What a tenant is served before its clock shows `end`, or until it does. */
function costUntil(
  { waiting, weight, start }: Flow<TenantWaiting>,
  end: number,
  atEnd: 'included' | 'excluded',
): number {
  let cost = 0;
  for (const item of waiting.all()) {
    const clock = start + (cost * UNITS) / weight;
    if (clock > end || (clock === end && atEnd === 'excluded')) break;
    cost += item.cost;
  }
  return cost;
}
