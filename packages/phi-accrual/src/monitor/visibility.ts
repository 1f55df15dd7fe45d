import type { Unsubscribe } from '@quorate/transport';

/** What is used of a browser's `document`. */
export interface PageLike {
  /** `hidden` while nobody sees the page. */
  readonly visibilityState: string;
  /** Calls `listener` whenever `visibilityState` has changed. */
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  /** Calls `listener` no longer. */
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** What is told of it; a `HeartbeatMonitor` is one. */
export interface SilenceAnnouncer {
  /** This node may be silent for `silenceMs` from now on; 0 takes it back. */
  expectSilence(silenceMs: number): void;
}

/**
 * Tells the peers when the page is hidden, before its timers become late, and when it is back.
 *
 * @param silenceMs - How long a hidden page may take between two timers, in ms. Default 90,000:
 *   browsers let them fire once a minute.
 * @returns Ends it.
 *
 * @example
 * ```ts
 * import { followVisibility, type HeartbeatMonitor } from '@quorate/phi-accrual/monitor';
 * import type { PageLike } from '@quorate/phi-accrual/monitor';
 *
 * function watchFromPage(document: PageLike, monitor: HeartbeatMonitor) {
 *   return followVisibility(document, monitor);
 * }
 * ```
 */
export function followVisibility(
  page: PageLike,
  monitor: SilenceAnnouncer,
  silenceMs = 90_000,
): Unsubscribe {
  const tell = (): void => {
    monitor.expectSilence(page.visibilityState === 'hidden' ? silenceMs : 0);
  };
  if (page.visibilityState === 'hidden') tell();
  page.addEventListener('visibilitychange', tell);
  return () => page.removeEventListener('visibilitychange', tell);
}
