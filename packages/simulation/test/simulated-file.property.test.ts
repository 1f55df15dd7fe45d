import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Decisions } from '../src/decisions.ts';
import { type PendingSync, sectorBytes, SimulatedFile } from '../src/simulated-file.ts';
import { expectShare } from './support/shares.ts';

/** A power loss that keeps or loses whole writes, and takes any of them. */
const whole = { olderRate: 1 / 2, tornRate: 0, noiseRate: 0 };

/** One that tears, too. */
const torn = { ...whole, tornRate: 1 / 3 };

/** One that knows only what is durable and what was written last. */
const plainFates = { olderRate: 0, tornRate: 0, noiseRate: 0 };

/** A file of at most 8 sectors, in which everything overlaps everything. */
const sizeMax = 8 * sectorBytes;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      offset: fc.nat(sizeMax - 1),
      sizeBytes: fc.integer({ min: 1, max: 1_500 }),
      fill: fc.integer({ min: 1, max: 255 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('truncate' as const), sizeBytes: fc.nat(sizeMax) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('beginSync' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('endSync' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('failSync' as const) }) },
);

/** A file as plain as can be: arrays of bytes, copied whenever something is promised. */
class PlainFile {
  /** Every content that programs saw, oldest first. */
  readonly #seen: Uint8Array[] = [new Uint8Array(0)];
  /** What must be there after a crash, but for open sectors. */
  #durable: Uint8Array = new Uint8Array(0);
  /** Sectors changed since the sync that has begun last. */
  #changed: Set<number> = new Set<number>();
  /** Sectors given up by a failed sync and not written since. */
  readonly #givenUp: Set<number> = new Set<number>();
  /** By sector, what was seen first that no sync has settled; and by size, at -1. */
  readonly #openSince: Map<number, number> = new Map<number, number>();
  #begun:
    | {
        readonly covered: Uint8Array;
        readonly seenCount: number;
        readonly changed: ReadonlySet<number>;
        /** Given up before it began: it does not cover them. */
        readonly spared: ReadonlySet<number>;
      }
    | undefined;

  get visible(): Uint8Array {
    return this.#seen.at(-1) ?? expect.fail();
  }

  write(offset: number, bytes: Uint8Array): void {
    const next = new Uint8Array(Math.max(this.visible.length, offset + bytes.length));
    next.set(this.visible);
    next.set(bytes, offset);
    this.#change(next, offset, offset + bytes.length);
  }

  truncate(sizeBytes: number): void {
    const next = new Uint8Array(sizeBytes);
    next.set(this.visible.subarray(0, sizeBytes));
    this.#change(next, Math.min(sizeBytes, this.visible.length), this.visible.length);
  }

  beginSync(): void {
    const changed = new Set([...this.#changed, ...(this.#begun?.changed ?? [])]);
    const spared = new Set(this.#givenUp);
    this.#begun = { covered: this.visible, seenCount: this.#seen.length, changed, spared };
    this.#changed = new Set();
  }

  endSync(): void {
    const { covered, changed, seenCount, spared } = this.#begun ?? expect.fail();
    const next = covered.slice();
    for (const index of spared) putSector(next, index, sectorOf(this.#durable, index));
    for (const index of [...changed, -1]) this.#openSince.set(index, seenCount);
    this.#durable = next;
    this.#begun = undefined;
  }

  failSync(): void {
    const { changed } = this.#begun ?? expect.fail();
    for (const index of changed) if (!this.#changed.has(index)) this.#givenUp.add(index);
    this.#begun = undefined;
  }

  /** The sizes and, of a sector, the contents that a crash may leave. */
  sizes(): readonly number[] {
    return [this.#durable.length, ...this.#seenSince(-1).map(({ length }) => length)];
  }

  contentsOf(index: number): readonly Uint8Array[] {
    const isOpen =
      this.#changed.has(index) ||
      this.#givenUp.has(index) ||
      this.#begun?.changed.has(index) === true;
    const old = sectorOf(this.#durable, index);
    const seen = isOpen ? this.#seenSince(index) : [];
    return [old, ...seen.map((bytes) => sectorOf(bytes, index))];
  }

  #seenSince(index: number): readonly Uint8Array[] {
    return [...this.#seen.slice(this.#openSince.get(index) ?? 0), this.visible];
  }

  #change(next: Uint8Array, from: number, to: number): void {
    this.#seen.push(next);
    if (from >= to) return;
    for (let index = Math.floor(from / sectorBytes); index * sectorBytes < to; index += 1) {
      this.#changed.add(index);
      this.#givenUp.delete(index);
    }
  }
}

function sectorOf(bytes: Uint8Array, index: number): Uint8Array {
  const sector = new Uint8Array(sectorBytes);
  sector.set(bytes.subarray(index * sectorBytes, (index + 1) * sectorBytes));
  return sector;
}

/** Bytes as runs, such as '3x100 0x412': short enough to read in a counterexample. */
function runsOf(bytes: Uint8Array): string {
  const starts = [...bytes.keys()].filter((at) => bytes[at] !== bytes[at - 1]);
  return starts
    .map((at, index) => `${bytes[at]}x${(starts[index + 1] ?? bytes.length) - at}`)
    .join(' ');
}

function putSector(bytes: Uint8Array, index: number, sector: Uint8Array): void {
  const room = Math.max(0, Math.min(sectorBytes, bytes.length - index * sectorBytes));
  bytes.set(sector.subarray(0, room), Math.min(bytes.length, index * sectorBytes));
}

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Both files after the same steps. */
function afterSteps(steps: readonly Step[]): { file: SimulatedFile; plain: PlainFile } {
  const file = new SimulatedFile();
  const plain = new PlainFile();
  let pending: PendingSync | undefined;
  for (const action of steps) {
    if (action.kind === 'write') {
      const bytes = new Uint8Array(action.sizeBytes).fill(action.fill);
      file.write(action.offset, bytes);
      plain.write(action.offset, bytes);
    } else if (action.kind === 'truncate') {
      file.truncate(action.sizeBytes);
      plain.truncate(action.sizeBytes);
    } else if (action.kind === 'beginSync') {
      pending = file.beginSync();
      plain.beginSync();
    } else if (pending !== undefined) {
      if (action.kind === 'endSync') file.completeSync(pending);
      else file.failSync(pending);
      plain[action.kind]();
      pending = undefined;
    }
    expect(file.read(0, 2 * sizeMax)).toEqual(plain.visible);
  }
  return { file, plain };
}

const steps = fc.array(step, { maxLength: 40, size: 'max' });

test('a crash keeps what was synced; of each other sector, and the size, any version', () => {
  fc.assert(
    fc.property(steps, fc.integer(), (actions, seed) => {
      const { file, plain } = afterSteps(actions);
      const sizes = plain.sizes();
      file.crash(new Decisions(seed, 'crash').about('tear', 0), whole);
      const left = file.read(0, 2 * sizeMax);
      expect(sizes).toContain(left.length);
      for (let index = 0; index * sectorBytes < left.length; index += 1) {
        const allowed = plain
          .contentsOf(index)
          .map((sector) =>
            runsOf(sectorOf(sector.subarray(0, left.length - index * sectorBytes), 0)),
          );
        expect(allowed).toContain(runsOf(sectorOf(left, index)));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a torn crash spares what was synced, and what it left is durable', () => {
  fc.assert(
    fc.property(steps, fc.integer(), (actions, seed) => {
      const { file, plain } = afterSteps(actions);
      file.crash(new Decisions(seed, 'crash').about('tear', 0), torn);
      const left = file.read(0, 2 * sizeMax);
      for (let index = 0; index * sectorBytes < left.length; index += 1) {
        const [only, ...others] = plain.contentsOf(index);
        if (only === undefined || others.length > 0) continue;
        const kept = sectorOf(only.subarray(0, left.length - index * sectorBytes), 0);
        expect(sectorOf(left, index)).toEqual(kept);
      }
      expect(file.unsettledSectors()).toEqual([]);
      file.crash(new Decisions(seed, 'again').about('tear', 0), torn);
      expect(file.read(0, 2 * sizeMax)).toEqual(left);
    }),
    { numRuns: 300 },
  );
});

test('every fate of a sector occurs: old, new, torn at either end', () => {
  const fates = new Set<string>();
  for (let seed = 0; seed < 200; seed += 1) {
    const file = new SimulatedFile();
    file.write(0, new Uint8Array(sectorBytes).fill(1));
    file.completeSync(file.beginSync());
    file.write(0, new Uint8Array(sectorBytes).fill(2));
    file.crash(new Decisions(seed, 'fates').about('tear', 0), torn);
    const left = file.read(0, sectorBytes);
    const runs = [...left].filter((byte, index) => byte !== left[index - 1]).join('');
    fates.add(runs);
  }
  expect(fates).toEqual(new Set(['1', '2', '12', '21']));
});

test('each fate of a sector that was written twice is as frequent as its rate says', () => {
  const fates = { olderRate: 0.4, tornRate: 0.3, noiseRate: 0.1 };
  const counts = new Map<string, number>();
  const runCount = 10_000;
  for (let seed = 0; seed < runCount; seed += 1) {
    const file = new SimulatedFile();
    for (const fill of [1, 2, 3]) {
      file.write(0, new Uint8Array(sectorBytes).fill(fill));
      if (fill === 1) file.completeSync(file.beginSync());
    }
    file.crash(new Decisions(seed, 'fates').about('tear', 0), fates);
    const left = file.read(0, sectorBytes);
    const runs = [...left].filter((byte, index) => byte !== left[index - 1]).join('');
    const fate = runs.length > 2 ? 'noise' : runs;
    counts.set(fate, (counts.get(fate) ?? 0) + 1);
  }
  const rates: Readonly<Record<string, number>> = {
    noise: 0.1,
    1: 0.9 * 0.7 * 0.5,
    2: 0.9 * 0.7 * 0.5 * 0.4,
    3: 0.9 * 0.7 * 0.5 * 0.6,
    12: (0.9 * 0.3 * 0.4) / 2,
    21: (0.9 * 0.3 * 0.4) / 2,
    13: (0.9 * 0.3 * 0.6) / 2,
    31: (0.9 * 0.3 * 0.6) / 2,
  };
  expect([...counts.keys()].toSorted()).toEqual(Object.keys(rates).toSorted());
  for (const [fate, rate] of Object.entries(rates)) {
    expectShare(counts.get(fate) ?? 0, runCount, rate);
  }
});

test('an earlier size comes back as often as asked, and one that a sync settled does not', () => {
  const sizes: number[] = [];
  for (let seed = 0; seed < 2_000; seed += 1) {
    const file = new SimulatedFile();
    file.truncate(100);
    file.truncate(200);
    const sync = file.beginSync();
    file.truncate(300);
    file.truncate(400);
    file.completeSync(sync);
    file.crash(new Decisions(seed, 'sizes').about('tear', 0), { ...whole, olderRate: 0.4 });
    sizes.push(file.sizeBytes);
  }
  expect(new Set(sizes)).toEqual(new Set([200, 300, 400]));
  expectShare(sizes.filter((size) => size === 200).length, sizes.length, 0.5);
  expectShare(sizes.filter((size) => size === 300).length, sizes.length, 0.2);
});

test('only the latest few of many writes come back, so that memory is bounded', () => {
  const left = new Set<number>();
  for (let seed = 0; seed < 500; seed += 1) {
    const file = new SimulatedFile();
    for (let fill = 1; fill <= 20; fill += 1) file.write(0, Uint8Array.of(fill));
    file.crash(new Decisions(seed, 'many').about('tear', 0), whole);
    left.add(file.read(0, 1)[0] ?? 0);
  }
  expect([...left].toSorted((a, b) => a - b)).toEqual([0, 16, 17, 18, 19, 20]);
});

test('a durable copy has what was synced, and is a file of its own', () => {
  const file = new SimulatedFile();
  file.write(0, Uint8Array.of(1, 2));
  file.completeSync(file.beginSync());
  file.write(1, Uint8Array.of(3, 4));
  const copy = file.durableCopy();
  expect(copy.read(0, 10)).toEqual(Uint8Array.of(1, 2));
  expect([copy.unsettledSectors(), copy.hasUnsettledSize]).toEqual([[], false]);
  copy.write(0, Uint8Array.of(9));
  expect(file.read(0, 10)).toEqual(Uint8Array.of(1, 3, 4));
});

test('a sector given up by a failed sync is not saved by the next one', () => {
  const survivors = new Set<number>();
  for (let seed = 0; seed < 50; seed += 1) {
    const file = new SimulatedFile();
    file.write(0, Uint8Array.of(1));
    file.failSync(file.beginSync());
    expect(file.read(0, 1)).toEqual(Uint8Array.of(1));
    file.completeSync(file.beginSync());
    file.crash(new Decisions(seed, 'forsaken').about('tear', 0), plainFates);
    survivors.add(file.read(0, 1)[0] ?? -1);
  }
  expect(survivors).toEqual(new Set([0, 1]));
});

test('what a failed sync gave up may be on the disk all the same, and come back later', () => {
  const survivors = new Set<number>();
  for (let seed = 0; seed < 100; seed += 1) {
    const file = new SimulatedFile();
    file.write(0, Uint8Array.of(1));
    file.failSync(file.beginSync());
    file.write(0, Uint8Array.of(2));
    file.crash(new Decisions(seed, 'given up').about('tear', 0), whole);
    survivors.add(file.read(0, 1)[0] ?? 0);
  }
  expect(survivors).toEqual(new Set([0, 1, 2]));
});

// Why this test? A shrunk counterexample: an old byte came back behind the durable end of a file.
test('what lies behind a durable end is zeros, even if the sync that cut it failed first', () => {
  const left = new Set<number>();
  for (let seed = 0; seed < 50; seed += 1) {
    const file = new SimulatedFile();
    file.write(0, Uint8Array.of(1));
    file.completeSync(file.beginSync());
    file.truncate(0);
    file.failSync(file.beginSync());
    const sync = file.beginSync();
    file.write(0, Uint8Array.of(2));
    file.completeSync(sync);
    file.crash(new Decisions(seed, 'behind the end').about('tear', 0), plainFates);
    if (file.sizeBytes > 0) left.add(file.read(0, 1)[0] ?? -1);
  }
  expect(left).toEqual(new Set([0, 2]));
});

// Why this test? A shrunk counterexample: truncating noted the durable bytes as a version of its
// own, which came back after a later sync had made the file shorter.
test('what a truncation removed does not come back once a shorter size is durable', () => {
  const left = new Set<number>();
  for (let seed = 0; seed < 100; seed += 1) {
    const file = new SimulatedFile();
    file.write(0, new Uint8Array(sectorBytes + 1).fill(1));
    file.completeSync(file.beginSync());
    file.truncate(0);
    const failing = file.beginSync();
    file.write(0, Uint8Array.of(1));
    file.failSync(failing);
    file.completeSync(file.beginSync());
    file.write(0, new Uint8Array(sectorBytes + 1).fill(2));
    file.crash(new Decisions(seed, 'shorter').about('tear', 0), whole);
    if (file.sizeBytes > sectorBytes) left.add(file.read(sectorBytes, 1)[0] ?? -1);
  }
  expect(left).toEqual(new Set([0, 2]));
});

test('a large file of zeros takes no room', () => {
  const file = new SimulatedFile();
  file.truncate(2 ** 40);
  expect([file.sizeBytes, file.pageCount]).toEqual([2 ** 40, 0]);
  file.write(2 ** 39, Uint8Array.of(1));
  expect(file.pageCount).toBe(1);
  expect(file.missingPages(2 ** 39, 4_097)).toBe(1);
  file.truncate(0);
  expect(file.pageCount).toBe(0);
});
