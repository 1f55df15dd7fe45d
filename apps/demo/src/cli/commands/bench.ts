import { command, type Command, option } from '../command-spec.ts';
import { controlOptions } from '../demo-client.ts';
import { duration, text, wholeNumber } from '../forms.ts';
import { mix } from '../load-mix-form.ts';

export const bench: Command = command({
  name: 'bench',
  group: 'Measure',
  summary: 'Ask the nodes for so many things per second, and say how long they took',
  details: [
    'Requests begin when they are due, whatever becomes of others, and latencies count from ' +
      'then: a stall shows in full. Ctrl-C ends it, and prints what there is.',
  ],
  examples: [
    ['bench --rate 500 --duration 30s --connections 20 --mix edit=70,read=25,config=5', ''],
    ['bench --rate 200 --hdr out.json', 'with histograms'],
    ['bench --mix reading', 'a mix that has a name'],
  ],
  options: {
    rate: option(wholeNumber('rate', 1, 20_000), 'Requests per second', '100'),
    duration: option(duration(), 'How long', '10s'),
    connections: option(wholeNumber('count', 1, 1_000), 'To each node, at most', '20'),
    mix: option(mix, 'Edits and reads of boards, writes of keys', 'boards'),
    timeout: option(duration(), 'Give a request up after that', '5s'),
    hdr: option(text('file'), 'Leave report and histograms there as JSON'),
    ...controlOptions,
  },
  run: async ({ options }, shell) => {
    const { runBench } = await import('../bench/run-bench.ts');
    const { rate, duration: durationMs, connections, timeout, hdr, control } = options;
    const settings = {
      ...{ control, ratePerSecond: rate, durationMs, mix: options.mix, timeoutMs: timeout },
      ...{ connectionCount: connections, hdrFile: hdr },
    };
    return await runBench(settings, shell);
  },
});
