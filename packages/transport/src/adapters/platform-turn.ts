import type { Clock } from '../clock.ts';
import type { Turn } from '../link.ts';
import { systemClock } from './system.ts';

/**
 * A later turn of the event loop, as soon as possible: `setImmediate` where there is one, else a
 * message to oneself, which browsers do not slow down as they do timers.
 */
export const nextTurn: (callback: () => void) => void =
  typeof setImmediate === 'function' ? (callback) => void setImmediate(callback) : postTurn();

/** Writes once per turn, with whatever was sent in it. */
export const platformTurn: Turn = { flush: nextTurn, next: nextTurn };

/** The turns of whoever has the time of `clock`: in a simulation, timers of 0 ms. */
export function turnOf(clock: Clock): Turn {
  if (clock === systemClock) return platformTurn;
  const next = (callback: () => void): void => void clock.setTimer(0, callback);
  return { flush: next, next };
}

function postTurn(): (callback: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(undefined);
  };
}
