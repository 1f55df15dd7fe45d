/**
 * The whole of a terminal, drawn over and over without flicker: only lines that changed are sent,
 * in one write, and what was on the terminal before is there again at the end.
 */

/** Where it is drawn. */
export interface ScreenStream {
  readonly write: (text: string) => unknown;
}

const escape = '\u001B';
// The other screen; no cursor; no line ever runs over into the next one.
const enter = `${escape}[?1049h${escape}[?25l${escape}[?7l${escape}[2J`;
const leave = `${escape}[?7h${escape}[?25h${escape}[?1049l`;
// Terminals that know it show all of an update at once; others ignore it.
const beginUpdate = `${escape}[?2026h`;
const endUpdate = `${escape}[?2026l`;

/** The terminal, from the constructor to `close`. */
export class Screen {
  readonly #stream: ScreenStream;
  #shown: readonly string[] = [];
  #isOpen = true;

  constructor(stream: ScreenStream) {
    this.#stream = stream;
    stream.write(enter);
  }

  /** Shows these lines, the first one on top; sends nothing if they are there already. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const rows = Math.max(lines.length, this.#shown.length);
    let changes = '';
    for (let row = 0; row < rows; row += 1) {
      const line = lines[row] ?? '';
      if (line === this.#shown[row]) continue;
      changes += `${escape}[${row + 1};1H${line}${escape}[0m${escape}[K`;
    }
    this.#shown = [...lines];
    if (changes !== '') this.#stream.write(`${beginUpdate}${changes}${endUpdate}`);
  }

  /** The terminal has another size: nothing on it is to be trusted. */
  forget(): void {
    this.#shown = [];
    if (this.#isOpen) this.#stream.write(`${escape}[2J`);
  }

  /** Gives the terminal back. May be called twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stream.write(leave);
  }
}
