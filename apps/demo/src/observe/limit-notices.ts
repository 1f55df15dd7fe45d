import type { Clock } from '@quorate/transport';

/** How long nothing alike is said again, in ms. */
const QUIET_MS = 10_000;
/** So many kinds are told apart. */
const KINDS_MAX = 64;

/**
 * Says things to an operator, but of things of one kind one at a time: a full disk is full for each
 * board. How many were left out is said with the next one.
 */
export function limitNotices(
  say: (text: string) => void,
  clock: Pick<Clock, 'nowMs'>,
): (kind: string, text: string) => void {
  const said = new Map<string, { readonly atMs: number; leftOutCount: number }>();
  return (kind, text) => {
    const last = said.get(kind);
    const nowMs = clock.nowMs();
    if (last !== undefined && nowMs - last.atMs < QUIET_MS) {
      last.leftOutCount += 1;
      return;
    }
    const { leftOutCount = 0 } = last ?? {};
    if (said.size >= KINDS_MAX) said.clear();
    said.set(kind, { atMs: nowMs, leftOutCount: 0 });
    say(leftOutCount === 0 ? text : `${text} (and ${leftOutCount} alike before)`);
  };
}
