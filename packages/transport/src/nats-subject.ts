/**
 * `text` as one token of a NATS subject: ASCII letters, digits, `-` and `_` stay, every other byte
 * of its UTF-8 becomes `%` and two hexadecimal digits. Different texts give different tokens.
 *
 * @param text - Well-formed, not empty.
 */
export function natsToken(text: string): string {
  // What a URI leaves alone includes what means something to NATS, or may one day.
  return encodeURIComponent(text).replace(/[.!~*'()]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/**
 * Accepts `prefix` as the beginning of subjects.
 *
 * @throws RangeError if it is not 1..128 characters: tokens of letters, digits, `-`, `_`, joined by
 *   full stops.
 */
export function expectNatsPrefix(prefix: string): void {
  if (prefix.length <= 128 && /^[\w-]+(?:\.[\w-]+)*$/.test(prefix)) return;
  throw new RangeError(
    `prefix: expected tokens of letters, digits, - and _, got ${JSON.stringify(prefix)}`,
  );
}
