import { setTimeout as delay } from 'node:timers/promises';

import { command, type Command, option } from '../command-spec.ts';
import { act, nodeArgument, nodePath } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { duration } from '../forms.ts';

export const pause: Command = command({
  name: 'chaos pause',
  aliases: ['pause'],
  group: 'Break',
  summary: 'Let a node stand still (SIGSTOP): alive, but frozen',
  examples: [
    ['pause n3', 'until resumed'],
    ['chaos pause n3 --for 5s', 'as a long garbage collection would'],
  ],
  args: nodeArgument,
  options: { ...controlOptions, for: option(duration(), 'Resume it after that; so does Ctrl-C') },
  run: async ({ args, options }, shell) => {
    const code = await act(options, { path: nodePath(args.node, 'pause') }, shell);
    if (code !== 0 || options.for === undefined) return code;
    // Whoever interrupts the wait does not want a node to stand still for ever.
    await delay(options.for, undefined, { signal: shell.interrupted }).catch(() => undefined);
    return await act(options, { path: nodePath(args.node, 'resume') }, shell);
  },
});
