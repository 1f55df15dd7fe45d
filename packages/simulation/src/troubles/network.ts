import type { NetworkOptions, NetworkSettings } from '../network-options.ts';
import { portableExp, portableLog } from '../portable-math.ts';
import { span, type Trouble } from './trouble.ts';

/**
 * Trouble with the whole network: `loss`, `duplication`, `replay` at rates of 1/64 to 1/2, `delay`
 * in proportion. Then it is as it was.
 */
export type NetworkTrouble = 'loss' | 'duplication' | 'replay' | 'delay';

/** How each is drawn. */
export const networkTroubles: Readonly<Record<NetworkTrouble, Trouble>> = {
  loss: changing(
    (rate) => ({ lossRate: rate }),
    ({ lossRate }) => ({ lossRate }),
  ),

  duplication: changing(
    (rate) => ({ duplicationRate: rate }),
    ({ duplicationRate }) => ({ duplicationRate }),
  ),

  replay: changing(
    (rate) => ({ replayRate: rate }),
    ({ replayRate }) => ({ replayRate }),
  ),

  delay: changing(
    (rate) => ({ delay: { kind: 'exponential', minMs: 1, meanMs: 400 * rate } }),
    ({ delay }) => ({ delay }),
  ),
};

type NetworkChange = Pick<NetworkOptions, 'lossRate' | 'duplicationRate' | 'replayRate' | 'delay'>;

/** Makes the network `worse` by some rate, and takes it back to what is `usual`. */
function changing(
  worse: (rate: number) => NetworkChange,
  usual: (network: NetworkSettings) => NetworkChange,
): Trouble {
  return (arrival, { network }) => {
    // Log-uniform: rare enough to be odd, often enough to matter.
    const rate = portableExp(-portableLog(2) * (1 + 5 * arrival.random.float()));
    return span(
      arrival,
      { kind: 'network', ...worse(rate) },
      { kind: 'network', ...usual(network) },
    );
  };
}
