import { command, type Command, flag, option, required } from '../command-spec.ts';
import { controlOptions } from '../demo-client.ts';
import { share } from '../forms.ts';
import { breakLinks, endsOf, link } from '../links.ts';

export const duplicate: Command = command({
  name: 'chaos duplicate',
  aliases: ['duplicate'],
  group: 'Break',
  summary: 'Send messages between two nodes twice',
  examples: [
    ['chaos duplicate n1-n2 --p 0.2', 'one of five, both ways'],
    ['chaos duplicate all --p 5%', 'everywhere'],
  ],
  args: { link: required(link, 'Which') },
  options: {
    p: option(share('share'), 'How many of them', '0.1'),
    oneWay: flag('Only from the first to the second'),
    ...controlOptions,
  },
  run: ({ args, options: { p, oneWay, control } }, shell) => {
    const directions = oneWay ? 'one-way' : 'both';
    const fault = { kind: 'duplicate', share: p } as const;
    return breakLinks(control, fault, (nodes) => endsOf(args.link, directions, nodes), shell);
  },
});
