/** How far long work is: one line that changes on a terminal, a line now and then elsewhere. */

/** Says how far work is. */
export interface Progress {
  /** May be called as often as one likes. */
  readonly show: (text: string) => void;
  /** Takes the line away, so that something else can be written. */
  readonly clear: () => void;
}

/** Where progress is written. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

const terminalIntervalMs = 100;
/** A log that is read later needs no more. */
const plainIntervalMs = 10_000;

/** @param nowMs - Of a clock that never goes back. */
export function progressOn(stream: ProgressStream, nowMs: () => number): Progress {
  let nextMs = stream.isTTY === true ? 0 : nowMs() + plainIntervalMs;
  let isShown = false;
  return {
    show: (text) => {
      if (nowMs() < nextMs) return;
      if (stream.isTTY !== true) {
        nextMs = nowMs() + plainIntervalMs;
        stream.write(`${text}\n`);
        return;
      }
      nextMs = nowMs() + terminalIntervalMs;
      isShown = true;
      stream.write(`\r\u001B[2K${text.slice(0, Math.max(1, (stream.columns ?? 80) - 1))}`);
    },
    clear: () => {
      if (isShown) stream.write('\r\u001B[2K');
      isShown = false;
      if (stream.isTTY === true) nextMs = 0;
    },
  };
}
