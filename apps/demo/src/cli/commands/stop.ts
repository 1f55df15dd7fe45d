import { command, type Command } from '../command-spec.ts';
import { ask, controlOptions } from '../demo-client.ts';

export const stop: Command = command({
  name: 'stop',
  group: 'Run',
  summary: 'Stop the demo in order, as Ctrl-C in its terminal does',
  examples: [['stop', '']],
  options: controlOptions,
  run: ({ options }, shell) =>
    ask(
      options.control,
      { path: '/api/stop', method: 'POST' },
      { shell, textOf: () => 'the demo is stopping' },
    ),
});
