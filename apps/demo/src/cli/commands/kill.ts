import { command, type Command } from '../command-spec.ts';
import { act, nodeArgument, nodePath } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';

export const kill: Command = command({
  name: 'chaos kill',
  aliases: ['kill'],
  group: 'Break',
  summary: 'End a node without warning (SIGKILL)',
  examples: [
    ['kill n2', 'as a power cut would'],
    ['chaos kill n2', 'the same'],
  ],
  args: nodeArgument,
  options: controlOptions,
  run: ({ args, options }, shell) => act(options, { path: nodePath(args.node, 'kill') }, shell),
});
