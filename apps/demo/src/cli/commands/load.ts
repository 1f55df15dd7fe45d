import { loadPerSecondMax } from '../../supervisor/cluster-view.ts';
import { command, type Command, option, required } from '../command-spec.ts';
import { act } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { wholeNumber } from '../forms.ts';
import { mix } from '../load-mix-form.ts';

export const load: Command = command({
  name: 'load',
  group: 'Run',
  summary: "Change the demo's own load, in requests per second",
  examples: [
    ['load 500', ''],
    ['load 200 --mix boards', 'edits and reads of boards, and some keys'],
    ['load 200 --mix edit=1,read=9,config=0', 'in parts of your own'],
    ['load 0', 'none'],
  ],
  args: { rate: required(wholeNumber('rate', 0, loadPerSecondMax), 'Requests per second') },
  options: {
    mix: option(mix, 'What is asked for; left out, it stays as it is'),
    ...controlOptions,
  },
  run: ({ args, options }, shell) => {
    const document = { ratePerSecond: args.rate, mix: options.mix };
    return act(options, { path: '/api/load', document }, shell);
  },
});
