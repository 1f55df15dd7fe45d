import type { Clock, Random } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { checkChoice, checkRecord, show } from './bounds.ts';
import type { CircuitOptions } from './circuit-options.ts';
import type { Classify } from './classify.ts';
import { checkClock, checkOptionalFunction, checkRandom } from './function-checks.ts';
import type { QueueOptions } from './policies/waiting-room.ts';

/** What a circuit breaker may be told. Everything has a default. */
export interface CircuitBreakerOptions extends CircuitOptions {
  /** Names it in errors and events. 'circuit' if left out. */
  readonly name?: string;
  /** What the end of a call says about the service. Returned and threw, if left out. */
  readonly classify?: Classify;
  /**
   * What becomes of calls that throw after their caller gave up: they count for nothing, or are
   * classified as others are. 'ignored' if left out.
   */
  readonly callerAborts?: 'ignored' | 'classified';
  /**
   * Who turns an open circuit half open when its wait is over: the next call, or a timer that does
   * not hold the process open. 'call' if left out. A timer is for those who want to see the event.
   */
  readonly halfOpenBy?: 'call' | 'timer';
  /**
   * Runs that may wait while all trial calls are on their way, and for how long. None if left out:
   * they are refused at once. For few callers whose refusal is dearer than a short wait.
   */
  readonly halfOpenQueue?: QueueOptions;
  /**
   * Asked before the circuit opens by itself. False keeps it closed, or closes it if it was half
   * open: somebody knows better than its own calls, as when all members of a group fail at once.
   */
  readonly mayOpen?: () => boolean;
  /** Gets what listeners, `classify` and `mayOpen` throw. They change nothing by throwing. */
  readonly onError?: (error: unknown) => void;
  /** The machine's if left out. */
  readonly clock?: Clock;
  /** The machine's if left out. */
  readonly random?: Random;
}

/** What the edge needs to know, with nothing left out. */
export interface CircuitBreakerSettings {
  readonly name: string;
  readonly classify: Classify | undefined;
  readonly callerAborts: 'ignored' | 'classified';
  readonly halfOpenBy: 'call' | 'timer';
  readonly halfOpenQueue: QueueOptions | undefined;
  readonly mayOpen: (() => boolean) | undefined;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The part of `options` that is not the circuit's, with nothing left out.
 *
 * @throws RangeError if one is out of its range, TypeError if one is no function; the message names
 *   it.
 */
export function breakerSettings(options: CircuitBreakerOptions): CircuitBreakerSettings {
  checkRecord('options', options);
  const { name = 'circuit', callerAborts = 'ignored', halfOpenBy = 'call' } = options;
  const {
    halfOpenQueue,
    classify,
    mayOpen,
    onError,
    clock = systemClock,
    random = systemRandom,
  } = options;
  if (typeof name !== 'string') throw new RangeError(`name: expected a string, got ${show(name)}`);
  checkChoice('callerAborts', callerAborts, ['ignored', 'classified']);
  checkChoice('halfOpenBy', halfOpenBy, ['call', 'timer']);
  checkOptionalFunction('classify', classify);
  checkOptionalFunction('mayOpen', mayOpen);
  checkOptionalFunction('onError', onError);
  checkClock(clock);
  checkRandom(random);
  const contained = containErrors(onError);
  const ports = { onError: contained, clock, random };
  return { name, classify, callerAborts, halfOpenBy, halfOpenQueue, mayOpen, ...ports };
}

/** What a reporter of errors itself throws has nowhere left to go. */
function containErrors(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (error) => {
    try {
      onError?.(error);
    } catch {
      // The call that met the first error must go on.
    }
  };
}
