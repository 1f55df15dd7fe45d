import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { KeyShard } from '../src/key-shard.ts';

/** A shard, a map that it must agree with, and keys whose hashes are as `hashOf` says. */
class Scene {
  readonly #hashOf: (number: number) => number;
  readonly #names = new Map<number, string>();
  readonly #twin = new Map<string, number>();
  readonly #shard = new KeyShard({ keyOf: (slot) => this.#names.get(slot) });

  constructor(hashOf: (number: number) => number) {
    this.#hashOf = hashOf;
  }

  get size(): number {
    return this.#twin.size;
  }

  /** Adds the key of `number` if it is missing, else removes it. */
  toggle(number: number, slot: number): void {
    const key = `key ${number}`;
    const hash = this.#hashOf(number);
    const known = this.#twin.get(key);
    if (known === undefined) {
      this.#names.set(slot, key);
      this.#twin.set(key, slot);
      this.#shard.add(hash, key, slot);
    } else {
      this.#shard.delete(hash, key, known);
      this.#twin.delete(key);
      this.#names.delete(known);
    }
  }

  has(number: number): boolean {
    return this.#twin.has(`key ${number}`);
  }

  expectFound(number: number): void {
    const key = `key ${number}`;
    expect(this.#shard.find(this.#hashOf(number), key)).toBe(this.#twin.get(key) ?? 0);
  }
}

const spread = (number: number): number => Math.imul(number, 0x9e37_79b1);

describe.each([
  ['that spread', spread],
  ['that follow one another', (number: number) => number],
  ['of which there are nine, one negative', (number: number) => (number % 9) - 1],
  ['that are all the same', () => 7],
  ['that wrap around the last place', (number: number) => -1 - (number % 3)],
])('with hashes %s', (_title, hashOf) => {
  test('finds what a map finds, while it grows and while it shrinks', () => {
    const random = seededRandom('key shard');
    const scene = new Scene(hashOf);
    for (let step = 1; step <= 20_000; step += 1) {
      const number = random.int(2_000);
      const isGrowing = step < 10_000;
      if (scene.has(number) !== isGrowing || random.int(5) === 0) scene.toggle(number, step);
      scene.expectFound(number);
      scene.expectFound(random.int(2_000));
    }
    for (let number = 0; number < 2_000; number += 1) {
      scene.expectFound(number);
      if (scene.has(number)) scene.toggle(number, 0);
      scene.expectFound(number);
    }
    expect(scene.size).toBe(0);
  });
});
