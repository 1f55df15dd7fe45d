/**
 * Finds by peeling what two sets do not share, from the symbols of the one and the elements of the
 * other. See `sketch.ts` for the idea.
 *
 * A symbol whose count is 1 or -1 and whose check fits its sum holds one element: it is taken out
 * of every symbol it is part of, those that come later too. Which sign says who holds it.
 */
import { addAlongWalk, checkOf, type Sketch, SYMBOL_WORDS } from './sketch.ts';
import { guessDifference } from './symbols-needed.ts';
import { beginWalk, indicesOf, WALK_WORDS } from './symbol-walk.ts';

/** Where a decoder stands. */
export type DecodingState =
  /** All symbols are empty: what was found is the whole difference. */
  | 'decoded'
  /** Ask for the next symbols. */
  | 'incomplete'
  /**
   * The symbols are none of a set: damaged, or of another seed. Nothing found is worth anything.
   */
  | 'inconsistent';

/**
 * What one of two sets holds and the other does not, as hashes: low half, then high half, of each.
 */
export interface Difference {
  readonly onlyRemote: readonly number[];
  readonly onlyLocal: readonly number[];
}

/** Decodes the difference of a remote set to a local one, symbol by symbol. */
export class DifferenceDecoder {
  readonly #local: Sketch;
  #symbols = new Int32Array(0);
  /** Low half, high half and count of each element found. */
  readonly #found: number[] = [];
  #walks = new Uint32Array(16 * WALK_WORDS);
  #isInconsistent = false;

  constructor(local: Sketch) {
    this.#local = local;
  }

  /** Symbols it has had. */
  get symbolCount(): number {
    return this.#symbols.length / SYMBOL_WORDS;
  }

  get state(): DecodingState {
    if (this.#isInconsistent) return 'inconsistent';
    if (this.symbolCount === 0) return 'incomplete';
    // The first symbol holds every element: it is empty when nothing is left.
    return isEmpty(this.#symbols, 0) ? 'decoded' : 'incomplete';
  }

  /** A guess of how many elements differ; `Infinity` if the symbols are too few to tell. */
  get guessedCount(): number {
    return this.#found.length / 3 + guessDifference(this.#symbols);
  }

  /** What was found so far; the whole of it once the state is 'decoded'. */
  get difference(): Difference {
    const onlyRemote: number[] = [];
    const onlyLocal: number[] = [];
    for (let at = 0; at < this.#found.length; at += 3) {
      const side = this.#found[at + 2] === 1 ? onlyRemote : onlyLocal;
      side.push(this.#found[at] ?? 0, this.#found[at + 1] ?? 0);
    }
    return { onlyRemote, onlyLocal };
  }

  /**
   * Takes the remote symbols that follow those it has had.
   *
   * @param symbols - `SYMBOL_WORDS` words each.
   * @returns The state after it.
   * @throws RangeError if part of a symbol is missing.
   *
   * @remarks
   * Time is that of the local symbols (see `Sketch.symbols`), and O(log symbols) for each element
   * found. Symbols of any content take bounded time.
   */
  receive(symbols: Int32Array): DecodingState {
    if (symbols.length % SYMBOL_WORDS !== 0) {
      throw new RangeError(`symbols: expected ${SYMBOL_WORDS} words each, got ${symbols.length}`);
    }
    if (this.state !== 'incomplete' || symbols.length === 0) return this.state;
    const start = this.symbolCount;
    const end = start + symbols.length / SYMBOL_WORDS;
    const longer = new Int32Array(end * SYMBOL_WORDS);
    longer.set(this.#symbols);
    const local = this.#local.symbols(start, end);
    for (let word = 0; word < symbols.length; word += 1) {
      const theirs = symbols[word] ?? 0;
      const ours = local[word] ?? 0;
      const isCount = word % SYMBOL_WORDS === SYMBOL_WORDS - 1;
      longer[start * SYMBOL_WORDS + word] = isCount ? theirs - ours : theirs ^ ours;
    }
    this.#symbols = longer;
    this.#takeOutFound();
    this.#peel(start);
    // Where nothing is left no other symbol holds anything either.
    const isOver = isEmpty(this.#symbols, 0);
    if (isOver && this.#symbols.some((word) => word !== 0)) this.#isInconsistent = true;
    return this.state;
  }

  /** The symbols that came now hold elements that were found before. */
  #takeOutFound(): void {
    for (let item = 0; item * 3 < this.#found.length; item += 1) this.#takeOut(item);
  }

  #takeOut(item: number): void {
    const [low = 0, high = 0, count = 0] = this.#found.slice(3 * item, 3 * item + 3);
    addAlongWalk(this.#symbols, this.#walks, item * WALK_WORDS, low, high, -count);
  }

  /** Looks at the new symbols, and at all that an element was taken out of. */
  #peel(start: number): void {
    const pending: number[] = [];
    for (let index = start; index < this.symbolCount; index += 1) pending.push(index);
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (!isAlone(this.#symbols, index)) continue;
      // An honest sequence shows an element at most once, and no more of them than it has symbols.
      if (this.#found.length / 3 >= this.symbolCount) {
        this.#isInconsistent = true;
        return;
      }
      this.#find(index, pending);
    }
  }

  #find(index: number, pending: number[]): void {
    const at = index * SYMBOL_WORDS;
    const low = this.#symbols[at] ?? 0;
    const high = this.#symbols[at + 1] ?? 0;
    const item = this.#found.length / 3;
    this.#found.push(low >>> 0, high >>> 0, this.#symbols[at + 3] ?? 0);
    if ((item + 1) * WALK_WORDS > this.#walks.length) {
      const longer = new Uint32Array(2 * this.#walks.length);
      longer.set(this.#walks);
      this.#walks = longer;
    }
    for (const touched of indicesOf(low, high, this.symbolCount)) pending.push(touched);
    beginWalk(this.#walks, item * WALK_WORDS, low, high);
    this.#takeOut(item);
  }
}

function isEmpty(symbols: Int32Array, index: number): boolean {
  const at = index * SYMBOL_WORDS;
  const bits = (symbols[at] ?? 0) | (symbols[at + 1] ?? 0) | (symbols[at + 2] ?? 0);
  return (bits | (symbols[at + 3] ?? 0)) === 0;
}

function isAlone(symbols: Int32Array, index: number): boolean {
  const at = index * SYMBOL_WORDS;
  const count = symbols[at + 3] ?? 0;
  if (count !== 1 && count !== -1) return false;
  return symbols[at + 2] === checkOf(symbols[at] ?? 0, symbols[at + 1] ?? 0);
}
