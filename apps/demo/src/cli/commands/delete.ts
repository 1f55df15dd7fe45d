import { command, type Command, option, required } from '../command-spec.ts';
import { ask, controlOptions } from '../demo-client.ts';
import { text } from '../forms.ts';
import { keyPath } from '../key-path.ts';

export const remove: Command = command({
  name: 'delete',
  group: 'Boards and keys',
  summary: 'Remove a key of the configuration',
  examples: [
    ['delete greeting', ''],
    ['delete greeting --if-match 12', 'only if it is at revision 12'],
  ],
  args: { key: required(text('key'), 'Its name') },
  options: {
    node: option(text('node'), 'Ask this node'),
    ifMatch: option(text('revision'), 'Only if the key is at this revision; * if it exists'),
    ...controlOptions,
  },
  run: ({ args: { key }, options: { node, ifMatch, control } }, shell) =>
    ask(
      control,
      {
        path: keyPath(key, { node }),
        method: 'DELETE',
        ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
      },
      { shell, textOf: () => `${key} is deleted` },
    ),
});
