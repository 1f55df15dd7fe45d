import { command, type Command, required } from '../command-spec.ts';
import { act } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { groups } from '../forms.ts';

export const partition: Command = command({
  name: 'chaos partition',
  aliases: ['partition'],
  group: 'Break',
  summary: 'Cut nodes off from each other',
  details: ['A node in no group reaches everyone: n1/n2 of three nodes cuts one link.'],
  examples: [
    ['partition n1/n2,n3', 'n1 alone'],
    ['partition n1,n2/n3,n4,n5', 'a minority'],
  ],
  args: { groups: required(groups, 'Groups apart by /, nodes of a group by ,') },
  options: controlOptions,
  run: ({ args, options }, shell) =>
    act(options, { path: '/api/partition', document: { groups: args.groups } }, shell),
});
