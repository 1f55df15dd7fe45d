import { loadPerSecondMax } from '../../supervisor/cluster-view.ts';
import { command, type Command, required } from '../command-spec.ts';
import { act } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { wholeNumber } from '../forms.ts';

export const load: Command = command({
  name: 'load',
  group: 'Run',
  summary: "Change the demo's own load, in requests per second",
  examples: [
    ['load 500', ''],
    ['load 0', 'none'],
  ],
  args: { rate: required(wholeNumber('rate', 0, loadPerSecondMax), 'Requests per second') },
  options: controlOptions,
  run: ({ args, options }, shell) =>
    act(options, { path: '/api/load', document: { ratePerSecond: args.rate } }, shell),
});
