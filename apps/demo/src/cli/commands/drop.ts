import { command, type Command, flag, option, required } from '../command-spec.ts';
import { controlOptions } from '../demo-client.ts';
import { share } from '../forms.ts';
import { breakLinks, endsOf, link } from '../links.ts';

export const drop: Command = command({
  name: 'chaos drop',
  aliases: ['drop'],
  group: 'Break',
  summary: 'Lose messages between two nodes',
  examples: [
    ['chaos drop n1-n2 --p 0.2', 'one of five, both ways'],
    ['chaos drop all --p 5%', 'everywhere'],
  ],
  args: { link: required(link, 'Which') },
  options: {
    p: option(share('share'), 'How many of them', '0.1'),
    oneWay: flag('Only from the first to the second'),
    ...controlOptions,
  },
  run: ({ args, options: { p, oneWay, control } }, shell) => {
    const directions = oneWay ? 'one-way' : 'both';
    const fault = { kind: 'drop', share: p } as const;
    return breakLinks(control, fault, (nodes) => endsOf(args.link, directions, nodes), shell);
  },
});
