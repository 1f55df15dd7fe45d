/**
 * `count` different strings of `length` characters, each in one piece.
 *
 * A string that was put together is a tree until it is read, and costs its first reader as much
 * again. Their order is shuffled by their text, so that no placement meets them in its own order.
 */
export function flatKeys(count: number, length = 16): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const text = `${Math.imul(index, 0x9e3779b1) >>> 0}:${index}:`;
    return Buffer.from(text.padEnd(length, 'abcdefgh').slice(0, length)).toString('latin1');
  });
}

/** A function that calls `use` with one key after the other. `keys` is a power of two of them. */
export function inTurn<Key, Result>(
  keys: readonly Key[],
  use: (key: Key) => Result,
): () => Result | undefined {
  const mask = keys.length - 1;
  let turn = 0;
  return () => {
    turn = (turn + 1) & mask;
    const key = keys[turn];
    return key === undefined ? undefined : use(key);
  };
}
