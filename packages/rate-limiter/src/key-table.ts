import type { RateAlgorithm } from './algorithms/algorithm.ts';
import { invariant } from './invariant.ts';
import { KeyIndex } from './key-index.ts';

/** Keys that have no place of their own share this slot. */
export const SPARE_SLOT = 0;

/** Bytes of a page of states, unless one state is larger. */
const PAGE_BYTES = 65_536;

/** Slots that an insertion looks at for keys that have rested, so that dead keys never pile up. */
const SWEEP_SLOTS = 2;

/** Slots that are looked at before a key is refused a place of its own. */
const EVICTION_SLOTS = 32;

/** How much a table holds. */
export interface KeyTableLimits {
  /** Keys. An integer of at least 1. */
  readonly maxKeys: number;
  /** Characters of all keys together. */
  readonly maxCharacters: number;
}

/**
 * The states of many keys of one policy, in bounded memory.
 *
 * States lie in pages of numbers, so that growing copies nothing and a million keys are a hundred
 * objects for the collector. The way from a key to its slot is a `KeyIndex`.
 *
 * Nothing expires by a timer. Each insertion looks at two more slots and frees those that have
 * rested, which is the same as never having come; so the table is never more than twice the keys
 * that count, and no call has to free many at once.
 *
 * A full table makes room by giving up the key, of some, that will rest soonest: what it had used
 * is forgiven. A key that is limited now is never given up, for whoever fills the table could free
 * itself like that. If no key may go, the new one shares a spare state with all others that have no
 * place: it may be limited for what they do, and is never free of limits.
 */
export class KeyTable {
  readonly width: number;
  readonly #limits: KeyTableLimits;
  readonly #index = new KeyIndex();
  /** Slots that there are, the spare one among them. */
  #slotCount = 1;
  readonly #pages: Float64Array[] = [];
  readonly #pageShift: number;
  readonly #pageMask: number;
  /** Slots that must stay while a decision about several of them is made. */
  readonly #pinned: number[] = [];
  /** The first free slot; a free slot's first number is the next one. 0 for none. */
  #freeSlot = 0;
  #hand = 0;
  #characters = 0;
  #evictedCount = 0;
  #sparedCount = 0;
  #layout = 0;

  constructor(width: number, limits: KeyTableLimits) {
    this.width = width;
    this.#limits = limits;
    const perPage = Math.max(1, Math.floor(PAGE_BYTES / 8 / width));
    this.#pageShift = Math.floor(Math.log2(perPage));
    this.#pageMask = 2 ** this.#pageShift - 1;
    this.#addPage();
  }

  /** Keys with a place of their own. */
  get size(): number {
    return this.#index.size;
  }

  /** Keys given up so far although they had used something. */
  get evictedCount(): number {
    return this.#evictedCount;
  }

  /** How often a key found no place and shared the spare one. */
  get sparedCount(): number {
    return this.#sparedCount;
  }

  /**
   * A number that rises whenever what was found may no longer lie there: while it stays, a key that
   * has a slot of its own keeps it. Slots never move, so only what frees one raises it.
   */
  get layout(): number {
    return this.#layout;
  }

  /** Has those look again who remember a state's place, its policy, and that no key is blocked. */
  unsettle(): void {
    this.#layout += 1;
  }

  /** The slot of `key`; 0 if it has none of its own. */
  find(key: string): number {
    return this.#index.slotOf(key);
  }

  /** The numbers that the state in `slot` is part of. */
  pageOf(slot: number): Float64Array {
    const page = this.#pages[slot >> this.#pageShift];
    invariant(page !== undefined, 'a slot has a page');
    return page;
  }

  /** Where in its page the state in `slot` begins. */
  offsetOf(slot: number): number {
    return (slot & this.#pageMask) * this.width;
  }

  /** Gives `key`, which has none, a slot: its own, or the spare one. */
  insert(key: string, nowUs: number, algorithm: RateAlgorithm): number {
    this.sweep(nowUs, algorithm, SWEEP_SLOTS);
    if (!this.#hasRoomFor(key)) this.#makeRoom(key, nowUs, algorithm);
    if (!this.#hasRoomFor(key)) {
      if (this.#sparedCount === 0) algorithm.begin(this.pageOf(SPARE_SLOT), 0, '', this.width);
      this.#sparedCount += 1;
      return SPARE_SLOT;
    }
    const slot = this.#freeSlot > 0 ? this.#takeFreeSlot() : this.#appendSlot();
    this.#index.add(key, slot);
    this.#characters += key.length;
    algorithm.begin(this.pageOf(slot), this.offsetOf(slot), key, this.width);
    return slot;
  }

  /** Forgets `key`. */
  remove(key: string): void {
    const slot = this.#index.slotOf(key);
    if (slot > 0) this.#free(slot, key);
  }

  /** Keeps `slot` from being given up until `unpin`. */
  pin(slot: number): void {
    this.#pinned.push(slot);
  }

  /** Lets all slots go again. */
  unpin(): void {
    this.#pinned.length = 0;
  }

  /**
   * Looks at the next `slotCount` slots and frees those that have rested.
   *
   * @returns How many it freed.
   */
  sweep(nowUs: number, algorithm: RateAlgorithm, slotCount: number): number {
    let freedCount = 0;
    const count = Math.min(slotCount, this.#slotCount - 1);
    for (let looked = 0; looked < count; looked += 1) {
      const slot = this.#nextSlot();
      const key = this.#index.keyOf(slot);
      if (key === undefined || this.#pinned.includes(slot)) continue;
      if (algorithm.restedAtUs(this.pageOf(slot), this.offsetOf(slot)) > nowUs) continue;
      this.#free(slot, key);
      freedCount += 1;
    }
    return freedCount;
  }

  /** Every key with its slot, in no order that means anything. */
  entries(): Iterable<[key: string, slot: number]> {
    return this.#index.entries();
  }

  #hasRoomFor(key: string): boolean {
    const { maxKeys, maxCharacters } = this.#limits;
    return this.#index.size < maxKeys && this.#characters + key.length <= maxCharacters;
  }

  /** Gives up keys, each time the one of some that rests soonest, until `key` fits. */
  #makeRoom(key: string, nowUs: number, algorithm: RateAlgorithm): void {
    for (let looked = 0; looked < EVICTION_SLOTS && !this.#hasRoomFor(key);) {
      let soonest = SPARE_SLOT;
      let soonestUs = Infinity;
      const until = Math.min(looked + EVICTION_SLOTS / 2, EVICTION_SLOTS);
      for (; looked < until; looked += 1) {
        const slot = this.#nextSlot();
        const restedUs = this.#evictableUs(slot, nowUs, algorithm);
        if (restedUs >= soonestUs) continue;
        soonest = slot;
        soonestUs = restedUs;
      }
      const victim = this.#index.keyOf(soonest);
      if (victim === undefined) continue;
      if (soonestUs > nowUs) this.#evictedCount += 1;
      this.#free(soonest, victim);
    }
  }

  /** When the key in `slot` will have rested; Infinity if it may not be given up. */
  #evictableUs(slot: number, nowUs: number, algorithm: RateAlgorithm): number {
    if (this.#index.keyOf(slot) === undefined || this.#pinned.includes(slot)) return Infinity;
    const page = this.pageOf(slot);
    const at = this.offsetOf(slot);
    algorithm.advance(page, at, nowUs);
    const isLimited = algorithm.waitUs(page, at, nowUs, 1) > 0;
    return isLimited ? Infinity : algorithm.restedAtUs(page, at);
  }

  #nextSlot(): number {
    this.#hand += 1;
    if (this.#hand >= this.#slotCount) this.#hand = 1;
    return this.#hand;
  }

  #free(slot: number, key: string): void {
    this.unsettle();
    this.#index.delete(slot);
    this.#characters -= key.length;
    const at = this.offsetOf(slot);
    const page = this.pageOf(slot);
    page.fill(0, at, at + this.width);
    page[at] = this.#freeSlot;
    this.#freeSlot = slot;
  }

  #takeFreeSlot(): number {
    const slot = this.#freeSlot;
    const page = this.pageOf(slot);
    const at = this.offsetOf(slot);
    this.#freeSlot = page[at] ?? 0;
    page[at] = 0;
    return slot;
  }

  #appendSlot(): number {
    const slot = this.#slotCount;
    this.#slotCount += 1;
    if (slot >> this.#pageShift >= this.#pages.length) this.#addPage();
    return slot;
  }

  #addPage(): void {
    this.#pages.push(new Float64Array(this.width * (this.#pageMask + 1)));
  }
}
