import type { Random } from '@quorate/transport';

import { noBurstyLoss } from '../bursty-loss.ts';
import type { NetworkChange } from '../fault.ts';
import type { NetworkSettings } from '../network-options.ts';
import { portableExp, portableLog } from '../portable-math.ts';
import { logUniform, span, type Trouble } from './trouble.ts';

/**
 * Trouble with the whole network. Then it is as it was.
 *
 * - `loss`, `duplication`, `replay`, `messageDamage`: at rates of 1/64 to 1/2.
 * - `burstyLoss`: bad spells of 2 to 50 messages, good ones of 20 to 1 000.
 * - `delay`: by 6 to 200 ms on average.
 * - `bandwidth`: 300 B to 300 kB a second pass each link. It buffers at least 500 B, and as much as
 *   it carries in 50 ms to 5 s; what comes on top is lost.
 */
export type NetworkTrouble =
  'loss' | 'burstyLoss' | 'messageDamage' | 'duplication' | 'replay' | 'delay' | 'bandwidth';

/** How each is drawn. */
export const networkTroubles: Readonly<Record<NetworkTrouble, Trouble>> = {
  loss: changing(
    (random) => ({ lossRate: rateOf(random) }),
    ({ lossRate }) => ({ lossRate }),
  ),

  burstyLoss: changing(
    (random) => ({
      burstyLoss: {
        ...noBurstyLoss,
        goodCountMean: logUniform(random, 20, 1_000),
        badCountMean: logUniform(random, 2, 50),
        badLossRate: 1 - random.float() / 2,
      },
    }),
    ({ burstyLoss }) => ({ burstyLoss }),
  ),

  messageDamage: changing(
    (random) => ({ damageRate: rateOf(random) }),
    ({ damageRate }) => ({ damageRate }),
  ),

  duplication: changing(
    (random) => ({ duplicationRate: rateOf(random) }),
    ({ duplicationRate }) => ({ duplicationRate }),
  ),

  replay: changing(
    (random) => ({ replayRate: rateOf(random) }),
    ({ replayRate }) => ({ replayRate }),
  ),

  delay: changing(
    (random) => ({ delay: { kind: 'exponential', minMs: 1, meanMs: 400 * rateOf(random) } }),
    ({ delay }) => ({ delay }),
  ),

  bandwidth: changing(
    (random) => {
      const bandwidthBytesPerSecond = Math.round(logUniform(random, 300, 300_000));
      const seconds = logUniform(random, 0.05, 5);
      const linkBufferBytes = Math.max(500, Math.round(bandwidthBytesPerSecond * seconds));
      return { bandwidthBytesPerSecond, linkBufferBytes };
    },
    ({ bandwidthBytesPerSecond, linkBufferBytes }) => ({
      bandwidthBytesPerSecond: jsonLimit(bandwidthBytesPerSecond),
      linkBufferBytes: jsonLimit(linkBufferBytes),
    }),
  ),
};

/** Makes the network `worse`, and takes it back to what is `usual`. */
function changing(
  worse: (random: Random) => NetworkChange,
  usual: (network: NetworkSettings) => NetworkChange,
): Trouble {
  return (arrival, { network }) =>
    span(
      arrival,
      { kind: 'network', ...worse(arrival.random) },
      { kind: 'network', ...usual(network) },
    );
}

/** 1/64 to 1/2, log-uniform: rare enough to be odd, often enough to matter. */
function rateOf(random: Random): number {
  return portableExp(-portableLog(2) * (1 + 5 * random.float()));
}

/** JSON has no Infinity. */
function jsonLimit(limit: number): number {
  return Math.min(limit, Number.MAX_SAFE_INTEGER);
}
