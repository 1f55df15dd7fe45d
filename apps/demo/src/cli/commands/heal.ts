import { command, type Command } from '../command-spec.ts';
import { act } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';

export const heal: Command = command({
  name: 'chaos heal',
  aliases: ['heal'],
  group: 'Break',
  summary: 'End the partition, and all that is wrong with links',
  examples: [['heal', '']],
  options: controlOptions,
  run: ({ options }, shell) => act(options, { path: '/api/heal' }, shell),
});
