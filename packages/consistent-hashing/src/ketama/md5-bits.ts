import { type Key, keyInput, md5 } from '@quorate/hash';

import type { KeyBits } from '../placement.ts';

/** The first words of the MD5 of a key: its place on a ketama ring, in `high`. */
export class Md5Bits implements KeyBits {
  high = 0;
  low = 0;
  readonly #words = new Uint32Array(4);

  hash(key: Key): void {
    md5(keyInput(key), this.#words);
    this.high = (this.#words[0] ?? 0) | 0;
    this.low = (this.#words[1] ?? 0) | 0;
  }
}
