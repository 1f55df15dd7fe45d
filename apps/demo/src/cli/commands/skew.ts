import { command, type Command, required } from '../command-spec.ts';
import { act, nodeArgument, nodePath } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { signedDuration } from '../forms.ts';

export const skew: Command = command({
  name: 'chaos skew',
  aliases: ['skew'],
  group: 'Break',
  summary: "Set a node's wall clock ahead or back; its timers go on as they should",
  examples: [
    ['chaos skew n3 +2s', ''],
    ['chaos skew n3 +0s', 'as it was'],
  ],
  args: { ...nodeArgument, offset: required(signedDuration('offset'), 'How much') },
  options: controlOptions,
  run: ({ args, options }, shell) => {
    const document = { clockSkewMs: Math.round(args.offset) };
    return act(options, { path: nodePath(args.node, 'machine'), document }, shell);
  },
});
