import { expect, test } from 'vitest';

import { ViewHasher } from '../src/hasher.ts';

/** Remembers the bytes instead of hashing them. */
class Recorder extends ViewHasher {
  readonly id = 'xxh64';
  readonly code = 0;
  readonly seed: Uint8Array = new Uint8Array();
  seen = '';

  protected hashView(view: DataView, start: number, end: number): void {
    const bytes = Array.from({ length: end - start }, (_, index) => view.getUint8(start + index));
    this.seen = bytes.join(' ');
  }
}

test.each([
  ['AB', '65 66'],
  ['é', '195 169'],
  ['\ud800', '239 191 189'],
  [Uint8Array.of(9, 8), '9 8'],
  [258, '2 1 0 0 0 0 0 0'],
  [0xffff_ffff, '255 255 255 255 0 0 0 0'],
  [258n, '2 1 0 0 0 0 0 0'],
  [2n ** 64n - 1n, '255 255 255 255 255 255 255 255'],
  [{ high: 1, low: 2 }, '2 0 0 0 1 0 0 0'],
  ['', ''],
])('the bytes of %o are %s', (key, bytes) => {
  const recorder = new Recorder();
  recorder.hash(key);
  expect(recorder.seen).toBe(bytes);
});
