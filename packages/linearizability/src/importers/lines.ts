import { HistoryError } from '../errors.ts';

/** A whole text, or its lines one by one where the text is too large for one string. */
export type TextOrLines = string | Iterable<string>;

/** A line longer than this is no operation but a mistake, or an attack on memory. */
const LINE_CHARACTERS_MAX = 2 ** 24;

/** The lines of `text` without their ends: a byte order mark and carriage returns are dropped. */
export function* linesOf(text: TextOrLines): Iterable<string> {
  const lines = typeof text === 'string' ? split(text) : text;
  let lineNumber = 0;
  for (const line of lines) {
    lineNumber += 1;
    if (line.length > LINE_CHARACTERS_MAX) {
      throw new HistoryError(
        `line ${lineNumber}: expected at most ${LINE_CHARACTERS_MAX} characters, ` +
          `got ${line.length}`,
      );
    }
    const begin = lineNumber === 1 && line.startsWith('\uFEFF') ? 1 : 0;
    yield line.slice(begin, line.endsWith('\r') ? -1 : undefined);
  }
}

/** Piece by piece, so that a large text is not held twice. */
function* split(text: string): Iterable<string> {
  let begin = 0;
  while (begin <= text.length) {
    const end = text.indexOf('\n', begin);
    if (end === -1) {
      yield text.slice(begin);
      return;
    }
    yield text.slice(begin, end);
    begin = end + 1;
  }
}
