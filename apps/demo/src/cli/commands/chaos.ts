import { loadPerSecondMax } from '../../supervisor/cluster-view.ts';
import { carrierOptions, clusterCarrierOf } from '../carrier-options.ts';
import { command, type Command, option } from '../command-spec.ts';
import { duration, text, wholeNumber } from '../forms.ts';

export const chaos: Command = command({
  name: 'chaos',
  group: 'Prove',
  summary: 'Break a cluster of its own for a while under load, and judge what it promised',
  details: [
    'One or two things go wrong at a time, and nodes come and go; in the end all is healed. ' +
      'Ctrl-C ends it early, and judges what there is. The history of the keys ' +
      'must be linearizable, all copies of each board the same, and what was confirmed in all of ' +
      'them.',
  ],
  examples: [
    ['chaos --for 10m --rate 300', ''],
    ['chaos --seed 7', 'another order of the faults'],
  ],
  options: {
    for: option(duration(), 'How long', '1m'),
    nodes: option(wholeNumber('count', 3, 9), 'How many', '5'),
    rate: option(wholeNumber('rate', 2, loadPerSecondMax), 'Requests per second', '100'),
    seed: option(wholeNumber('seed', 0, 999_999_999), 'Of the order of the faults', '1'),
    ...carrierOptions,
    out: option(text('directory'), 'Leave report, history and its page there, broken or not'),
  },
  run: async ({ options }, shell) => {
    const { chaosCommand } = await import('../../supervisor/run-chaos.ts');
    const { nodes: nodeCount, for: durationMs, rate: ratePerSecond, seed, out } = options;
    const carrier = clusterCarrierOf(options);
    const settings = { nodeCount, durationMs, ratePerSecond, seed, outDirectory: out };
    return await chaosCommand({ ...settings, carrier }, shell);
  },
});
