import { command, type Command, flag, option, required } from '../command-spec.ts';
import { text } from '../forms.ts';

export const replay: Command = command({
  name: 'replay',
  group: 'Prove',
  summary: 'Play a run that failed once more: the same, byte for byte',
  details: ['Exit code 1 if it breaks the same promise again, 0 if it does not any more.'],
  examples: [
    ['replay failing.json', ''],
    ['replay failing.json --open', 'and look at it on the page'],
    ['replay failing.json --shrink smaller.json', 'without inputs that do not matter'],
  ],
  args: { file: required(text('file'), 'As `demo sim` left it') },
  options: {
    open: flag('Open it in a browser, on the page that needs no server'),
    shrink: option(text('file'), 'Leave the same failure there, with as few inputs as are enough'),
  },
  run: async ({ args, options }, shell) => {
    const { runReplay } = await import('../sim/run-replay.ts');
    const code = await runReplay({ file: args.file, shrunkFile: options.shrink }, shell);
    if (options.open) {
      const { openFailing } = await import('../sim/open-failing.ts');
      await openFailing(args.file, shell);
    }
    return code;
  },
});
