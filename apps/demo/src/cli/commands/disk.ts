import { command, type Command, option, required } from '../command-spec.ts';
import { act, nodeArgument, nodePath } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { duration, oneOf } from '../forms.ts';

export const disk: Command = command({
  name: 'chaos disk',
  group: 'Break',
  summary: "Let a node's disk be full or slow, or sound again",
  examples: [
    ['chaos disk n2 full', 'no file can grow'],
    ['chaos disk n2 slow --by 500ms', 'each sync takes so much longer'],
    ['chaos disk n2 sound', ''],
  ],
  args: { ...nodeArgument, state: required(oneOf('state', ['full', 'slow', 'sound']), 'How') },
  options: { by: option(duration(), 'How slow', '200ms'), ...controlOptions },
  run: ({ args, options }, shell) => {
    const changes = {
      full: { isDiskFull: true },
      slow: { syncDelayMs: options.by },
      sound: { isDiskFull: false, syncDelayMs: 0 },
    };
    const request = { path: nodePath(args.node, 'machine'), document: changes[args.state] };
    return act(options, request, shell);
  },
});
