/*
 * Editors know one kind of line break, texts three. An editor shows "\r\n" and "\r" as "\n", so
 * that its positions are others than those of the text; these functions go between the two. They
 * cost nothing where a text has no "\r".
 */

/** `raw` as an editor has it. */
export function shownText(raw: string): string {
  return raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
}

/** The position in `raw` of a position in what is shown of it. */
export function rawPosition(raw: string, shown: number): number {
  if (!raw.includes('\r')) return shown;
  let at = 0;
  for (let passed = 0; passed < shown && at < raw.length; passed += 1) {
    at += raw[at] === '\r' && raw[at + 1] === '\n' ? 2 : 1;
  }
  return at;
}

/** The position in what is shown of `raw` of a position in it. */
export function shownPosition(raw: string, position: number): number {
  if (!raw.includes('\r')) return position;
  return shownText(raw.slice(0, position)).length;
}
