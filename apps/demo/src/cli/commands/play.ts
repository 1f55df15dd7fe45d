import { command, type Command, required } from '../command-spec.ts';
import { controlOptions } from '../demo-client.ts';
import { text } from '../forms.ts';

export const play: Command = command({
  name: 'chaos play',
  group: 'Break',
  summary: 'Play a story on the demo that runs: what `demo scenario` plays in virtual time',
  details: [
    'In the end, and after Ctrl-C, all is repaired. Exit code 1 if the load saw a lost write or ' +
      'a stale read meanwhile.',
  ],
  examples: [['chaos play leader-killed', '']],
  args: { scenario: required(text('scenario'), 'Its name; `demo scenario --list` says which') },
  options: controlOptions,
  run: async ({ args, options }, shell) => {
    const { playOnDemo } = await import('../play-on-demo.ts');
    return await playOnDemo(args.scenario, options.control, shell);
  },
});
