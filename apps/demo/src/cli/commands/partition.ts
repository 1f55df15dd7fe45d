import { command, type Command, flag, Misuse, required } from '../command-spec.ts';
import { act } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { groups } from '../forms.ts';
import { breakLinks } from '../links.ts';

export const partition: Command = command({
  name: 'chaos partition',
  aliases: ['partition'],
  group: 'Break',
  summary: 'Cut nodes off from each other',
  details: ['A node in no group reaches everyone: n1/n2 of three nodes cuts one link.'],
  examples: [
    ['partition n1/n2,n3', 'n1 alone'],
    ['partition n1,n2/n3,n4,n5', 'a minority'],
    ['chaos partition n1/n2,n3 --one-way', 'n1 is not heard, but hears'],
  ],
  args: { groups: required(groups, 'Groups apart by /, nodes of a group by ,') },
  options: {
    oneWay: flag('Only what the first group sends to the second is lost'),
    ...controlOptions,
  },
  run: ({ args: { groups: given }, options }, shell) => {
    if (!options.oneWay) {
      return act(options, { path: '/api/partition', document: { groups: given } }, shell);
    }
    const [left = [], right = [], ...rest] = given;
    if (rest.length > 0) {
      throw new Misuse(`--one-way: expected two groups, got ${given.length}`);
    }
    const ends = left.flatMap((from) => right.map((to) => [from, to] as const));
    return breakLinks(options.control, { kind: 'cut' }, () => ends, shell);
  },
});
