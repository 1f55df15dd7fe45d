import { command, type Command, flag, option, required } from '../command-spec.ts';
import { controlOptions } from '../demo-client.ts';
import { duration } from '../forms.ts';
import { breakLinks, endsOf, link } from '../links.ts';

export const slow: Command = command({
  name: 'chaos slow',
  aliases: ['slow'],
  group: 'Break',
  summary: 'Let messages between two nodes be late',
  examples: [
    ['chaos slow n1-n4 --latency 300ms --jitter 100ms', 'by 300 to 400 ms, both ways'],
    ['chaos slow all --latency 40ms', 'as between continents'],
  ],
  args: { link: required(link, 'Which') },
  options: {
    latency: option(duration(), 'By so much', '200ms'),
    jitter: option(duration(), 'And by up to so much more; not at all if left out'),
    oneWay: flag('Only from the first to the second'),
    ...controlOptions,
  },
  run: ({ args, options: { latency: latencyMs, jitter, oneWay, control } }, shell) => {
    const directions = oneWay ? 'one-way' : 'both';
    const fault = { kind: 'slow', latencyMs, jitterMs: jitter ?? 0 } as const;
    return breakLinks(control, fault, (nodes) => endsOf(args.link, directions, nodes), shell);
  },
});
