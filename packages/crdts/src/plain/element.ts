/**
 * `text`, if it can be an element of a set or a key of a map.
 *
 * @throws TypeError if it is not a string.
 * @throws RangeError if it has a lone surrogate: in bytes that would become another text.
 */
export function checkText(name: string, text: string): string {
  if (typeof text !== 'string')
    throw new TypeError(`${name}: expected a string, got ${typeof text}`);
  if (text.isWellFormed()) return text;
  throw new RangeError(`${name}: expected well-formed text, got a lone surrogate`);
}
