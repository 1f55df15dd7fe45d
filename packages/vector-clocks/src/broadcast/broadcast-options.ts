import type { Clock, Random, Transport } from '@quorate/transport';
import { protocolName } from '@quorate/transport';

import type { VectorClock } from '../vector-clock.ts';
import type { CausalDelivery } from './causal-delivery.ts';

/** How a process takes part in a group. All members need the same `group`. */
export interface CausalBroadcastOptions extends Partial<BroadcastLimits> {
  /** Reaches the other members, under the protocol 'causal-broadcast/' and the group's name. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** Whom to ask and when to speak. */
  readonly random: Random;
  /**
   * The number of this life of the node: an integer of at least 0 that no earlier life had, such as
   * the one its transport has, or the time.
   */
  readonly incarnation: number;
  /**
   * Receives every message once, after all that its origin had delivered before it; those of this
   * process from within `publish`. It may publish. What it throws goes to `onError`, and the
   * message counts as delivered.
   */
  readonly onDeliver: (delivery: CausalDelivery) => void;
  /**
   * Receives how many messages of each member all have delivered, each time it has grown. No
   * message in it will be sent or asked for again.
   */
  readonly onStable?: (cut: VectorClock) => void;
  /** Called when `publish`, after it has answered 'full', would accept again. */
  readonly onWritable?: () => void;
  /** Receives what the application's functions throw. Default: thrown from a timer. */
  readonly onError?: (error: unknown) => void;
  /** What late joiners begin with. Default: nothing, they get what is published from then on. */
  readonly state?: TransferredState;
  /** Which group, of several over one transport: 1..47 characters of `a-z 0-9 . _ / -`. */
  readonly group?: string;
}

/** How an application hands its state to those who join late. */
export interface TransferredState {
  /**
   * The state after exactly the deliveries so far, as bytes for one message. If it is larger than
   * that, put it where a joiner can get it, and return where.
   */
  capture(): Uint8Array;
  /** Begins with what another one captured. Called at most once, before the first delivery. */
  restore(state: Uint8Array): void;
}

/** What bounds a member, and how often it speaks. */
export interface BroadcastLimits {
  /**
   * How often it says what it has, and asks for what it lacks, in ms; more than 0. Less: repairs
   * and stability come sooner, for more messages. Default 100.
   */
  readonly intervalMs: number;
  /**
   * How long something must be missing before it is asked for, in ms: longer than messages overtake
   * each other. Doubled each time that asking did not help, up to 16 times as long. At least 0.
   * Default 100.
   */
  readonly repairDelayMs: number;
  /** Bytes that one request for missing messages is answered with, at least 1. Default 262,144. */
  readonly repairBytesMax: number;
  /**
   * How many others it tells in each interval what it has, besides those who published, at least 1.
   * More: what is lost is noticed sooner. Default 3.
   */
  readonly fanout: number;
  /**
   * Messages of its own that are not stable yet, at least 1; beyond, `publish` answers 'full'. One
   * slow member holds everybody back that long, and so bounds what all must keep. Default 1,024.
   */
  readonly windowCountMax: number;
  /** Their bytes, each with some 10 for every member. At least 1. Default 8 MiB. */
  readonly windowBytesMax: number;
  /** Messages that wait for others, at least 1; what comes on top is asked for later. 4,096. */
  readonly waitingCountMax: number;
  /** Their bytes, at least 1. Default 16 MiB. */
  readonly waitingBytesMax: number;
  /** How long a joiner waits for one member before it asks another, in ms. Default 1,000. */
  readonly joinTimeoutMs: number;
}

const defaults: BroadcastLimits = {
  intervalMs: 100,
  repairDelayMs: 100,
  repairBytesMax: 256 * 1_024,
  fanout: 3,
  windowCountMax: 1_024,
  windowBytesMax: 8 * 1_024 * 1_024,
  waitingCountMax: 4_096,
  waitingBytesMax: 16 * 1_024 * 1_024,
  joinTimeoutMs: 1_000,
};

/** The limits with nothing left open. @throws RangeError if one is out of its range. */
export function limitsOf(options: Partial<BroadcastLimits>): BroadcastLimits {
  const limits = { ...defaults };
  for (const name of Object.keys(defaults)) {
    if (isLimit(name)) limits[name] = options[name] ?? defaults[name];
  }
  for (const name of ['intervalMs', 'joinTimeoutMs'] as const) {
    if (!(limits[name] > 0 && limits[name] < 2 ** 31)) {
      throw new RangeError(`${name}: expected more than 0, got ${limits[name]}`);
    }
  }
  const { repairDelayMs } = limits;
  if (!(repairDelayMs >= 0 && repairDelayMs < 2 ** 31)) {
    throw new RangeError(`repairDelayMs: expected at least 0, got ${repairDelayMs}`);
  }
  for (const name of counts) {
    if (Number.isSafeInteger(limits[name]) && limits[name] >= 1) continue;
    throw new RangeError(`${name}: expected an integer of at least 1, got ${limits[name]}`);
  }
  return limits;
}

/** The protocol of `group`. @throws RangeError if it is no name. */
export function protocolOf(group = 'default'): ReturnType<typeof protocolName> {
  if (/^[a-z0-9._/-]{1,47}$/.test(group)) return protocolName(`causal-broadcast/${group}`);
  const got = JSON.stringify(group);
  throw new RangeError(`group: expected 1..47 characters of a-z 0-9 . _ / -, got ${got}`);
}

const counts = [
  'repairBytesMax',
  'fanout',
  'windowCountMax',
  'windowBytesMax',
  'waitingCountMax',
  'waitingBytesMax',
] as const;

function isLimit(name: string): name is keyof BroadcastLimits {
  return Object.hasOwn(defaults, name);
}

/** Where what the application throws goes: to who takes it, or else to the process. */
export function errorSinkOf({ onError, clock }: CausalBroadcastOptions): (error: unknown) => void {
  if (onError !== undefined) return onError;
  return (error) => {
    clock.setTimer(0, () => {
      throw error;
    });
  };
}
