import { type BurstyLoss, checkBurstyLoss, noBurstyLoss } from './bursty-loss.ts';
import { checkDelayDistribution, type DelayDistribution } from './delay-distribution.ts';

/** What a simulated network does to messages. Rates are probabilities, 0..1, per message. */
export interface NetworkOptions {
  /** How long a message travels. The default is uniform over 1..5 ms. */
  readonly delay?: DelayDistribution;
  /** How often a message is lost. The default is 0. */
  readonly lossRate?: number;
  /** What is lost besides, in bursts. The default is nothing. */
  readonly burstyLoss?: BurstyLoss;
  /** How often bits of a message flip on the way. The default is 0. */
  readonly damageRate?: number;
  /**
   * What becomes of a message with flipped bits. 'lost' (the default): a checksum of the carrier
   * catches it, as the contract of `Transport` demands. 'delivered': it arrives as it is, to try
   * how code bears what no carrier should give it.
   */
  readonly damaged?: 'lost' | 'delivered';
  /** How often a message arrives twice, the copy with a delay of its own. The default is 0. */
  readonly duplicationRate?: number;
  /**
   * How often a message arrives again much later, up to `replayDelayMs`: perhaps after its sender
   * or receiver has restarted. The default is 0.
   */
  readonly replayRate?: number;
  /** Longest delay of such a replay, in ms. The default is 30 000. */
  readonly replayDelayMs?: number;
  /**
   * 'none' (the default): messages overtake each other as their delays say, and may be doubled.
   * 'session': as over TCP, first in, first out on every link, each at most once; a message waits
   * for those before it.
   */
  readonly ordering?: 'none' | 'session';
  /**
   * How many bytes a second fit through each link. The default is Infinity; so is, for JSON, which
   * has none, 2^53 - 1.
   */
  readonly bandwidthBytesPerSecond?: number;
  /**
   * How many bytes may wait for a busy link before what comes on top is lost, as by a router. A
   * message to an idle link always fits. The default is Infinity; so is 2^53 - 1.
   */
  readonly linkBufferBytes?: number;
  /** Largest payload `send` takes, in bytes, 1 200..2^30. The default is 16 MiB. */
  readonly maxPayloadBytes?: number;
  /**
   * How many bytes may be on the way to one peer before `send` answers 'dropped'; each message
   * counts 64 bytes more than its payload. At least `maxPayloadBytes + 64`. The default is 64 MiB.
   */
  readonly maxQueueBytes?: number;
  /** From how many bytes on the way on `send` answers 'pressured'. The default is 1 MiB. */
  readonly highWaterBytes?: number;
  /** How long a peer must be unreachable to be reported down, in ms. The default is 3 000. */
  readonly downAfterMs?: number;
  /** How long after a reset or a heal a session is dialled again, in ms. The default is 50. */
  readonly redialMs?: number;
  /**
   * Decisions to decide otherwise, by name, such as 'n1>n2 17 loss': the message is delivered, or
   * not copied. `Simulation.mishaps` has the names. For shrinking. None by default.
   */
  readonly spared?: readonly string[];
}

/** The network options with nothing left open. */
export type NetworkSettings = Required<NetworkOptions>;

/** What a message counts in a queue on top of its payload. */
export const messageOverheadBytes = 64;

const defaults: NetworkSettings = {
  delay: { kind: 'uniform', minMs: 1, maxMs: 5 },
  lossRate: 0,
  burstyLoss: noBurstyLoss,
  damageRate: 0,
  damaged: 'lost',
  duplicationRate: 0,
  replayRate: 0,
  replayDelayMs: 30_000,
  ordering: 'none',
  bandwidthBytesPerSecond: Infinity,
  linkBufferBytes: Infinity,
  maxPayloadBytes: 16 * 1_024 * 1_024,
  maxQueueBytes: 64 * 1_024 * 1_024,
  highWaterBytes: 1_024 * 1_024,
  downAfterMs: 3_000,
  redialMs: 50,
  spared: [],
};

/**
 * `options` over `base`, which is by default a calm network.
 *
 * @throws RangeError if a field is out of its range, or if `ordering` is 'session' while messages
 *   are doubled or replayed.
 */
export function networkSettings(
  options: NetworkOptions = {},
  base: NetworkSettings = defaults,
): NetworkSettings {
  const settings = { ...base, ...options };
  checkDelayDistribution('network.delay', settings.delay);
  checkBurstyLoss('network.burstyLoss', settings.burstyLoss);
  for (const name of ['lossRate', 'damageRate', 'duplicationRate', 'replayRate'] as const) {
    expectWithin(name, settings[name], 0, 1);
  }
  for (const name of ['replayDelayMs', 'downAfterMs', 'redialMs'] as const) {
    expectWithin(name, settings[name], 0, Number.MAX_SAFE_INTEGER);
  }
  for (const name of ['bandwidthBytesPerSecond', 'linkBufferBytes'] as const) {
    expectWithin(name, settings[name], 1, Infinity);
  }
  expectWithin('maxPayloadBytes', settings.maxPayloadBytes, 1_200, 2 ** 30);
  const leastQueueBytes = settings.maxPayloadBytes + messageOverheadBytes;
  expectWithin('maxQueueBytes', settings.maxQueueBytes, leastQueueBytes, Infinity);
  expectWithin('highWaterBytes', settings.highWaterBytes, 1, Infinity);
  const { ordering, damaged, duplicationRate, replayRate } = settings;
  expectOneOf('ordering', ordering, ['none', 'session']);
  expectOneOf('damaged', damaged, ['lost', 'delivered']);
  if (ordering === 'session') {
    expectWithin('duplicationRate', duplicationRate, 0, 0);
    expectWithin('replayRate', replayRate, 0, 0);
  }
  return {
    ...settings,
    bandwidthBytesPerSecond: unlimited(settings.bandwidthBytesPerSecond),
    linkBufferBytes: unlimited(settings.linkBufferBytes),
  };
}

function unlimited(limit: number): number {
  return limit >= Number.MAX_SAFE_INTEGER ? Infinity : limit;
}

function expectOneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  const expected = known.map((one) => `'${one}'`).join(' or ');
  throw new RangeError(`network.${name}: expected ${expected}, got '${value}'`);
}

function expectWithin(name: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  const range = min === max ? `${min} with ordering 'session'` : `${min}..${max}`;
  throw new RangeError(`network.${name}: expected ${range}, got ${value}`);
}
