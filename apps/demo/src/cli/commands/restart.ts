import { command, type Command } from '../command-spec.ts';
import { act, nodeArgument, nodePath } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';

export const restart: Command = command({
  name: 'chaos restart',
  aliases: ['restart'],
  group: 'Break',
  summary: 'Start a node on the data it left; end it first if it runs',
  examples: [['restart n2', '']],
  args: nodeArgument,
  options: controlOptions,
  run: ({ args, options }, shell) => act(options, { path: nodePath(args.node, 'restart') }, shell),
});
