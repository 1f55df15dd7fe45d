/** Runs `notify`, of a caller, where what it throws must not change how a call ends. */
export function contained(notify: () => void): void {
  try {
    notify();
  } catch {
    // A listener that fails has its own place to say so.
  }
}

/** What `ask`, of a caller, answers; `otherwise` if it throws. */
export function containedAnswer<Answer>(ask: () => Answer, otherwise: Answer): Answer {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
