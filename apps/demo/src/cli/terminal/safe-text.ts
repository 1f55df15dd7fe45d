/**
 * Text of strangers made harmless for a terminal. Whoever may name a board could otherwise send
 * escape sequences to everybody who lists it: to move the cursor, to set the window's title, to
 * answer as if it were typed.
 */

/** C0 and C1 controls, and the marks that turn the direction of writing. */
const harmful = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
const pictureOfNul = 0x24_00;
const pictureOfDelete = '␡';

/** One line: every control character becomes a visible one, of one column. */
export function safeLine(text: string): string {
  return text.toWellFormed().replace(harmful, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(pictureOfNul + code);
    return code === 0x7f ? pictureOfDelete : '\uFFFD';
  });
}

/** Several lines, made harmless one by one. */
export function safeLines(text: string): string {
  return text.split('\n').map(safeLine).join('\n');
}

/** JSON that says the same without control characters, which it may have in its texts. */
export function safeJson(json: string): string {
  return json.replace(
    harmful,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
