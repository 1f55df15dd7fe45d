import { command, type Command, option, required } from '../command-spec.ts';
import { text } from '../forms.ts';

export const check: Command = command({
  name: 'check',
  group: 'Prove',
  summary: 'Whether a recorded history is linearizable',
  details: ['Exit codes: 0 linearizable, 1 not, 2 unknown, or no history.'],
  examples: [['check history.jsonl --html report.html', '']],
  args: { file: required(text('file'), 'Operations as JSON lines') },
  options: { html: option(text('file'), 'Leave a page there that shows it') },
  run: async ({ args, options }, shell) => {
    const { runCheck } = await import('../run-check.ts');
    return runCheck({ file: args.file, htmlFile: options.html }, shell);
  },
});
