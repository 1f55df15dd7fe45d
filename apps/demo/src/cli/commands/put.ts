import { command, type Command, option, required } from '../command-spec.ts';
import { ask, controlOptions } from '../demo-client.ts';
import { anyText, text } from '../forms.ts';
import { keyPath } from '../key-path.ts';

export const put: Command = command({
  name: 'put',
  group: 'Boards and keys',
  summary: 'Write a key of the configuration',
  examples: [
    ['put greeting hello', ''],
    ['put greeting hello --if-match 12', 'only if it is at revision 12'],
  ],
  args: { key: required(text('key'), 'Its name'), value: required(anyText('value'), 'Its value') },
  options: {
    node: option(text('node'), 'Ask this node'),
    ifMatch: option(text('revision'), 'Only if the key is at this revision; * if it exists'),
    ...controlOptions,
  },
  run: ({ args: { key, value }, options: { node, ifMatch, control } }, shell) =>
    ask(
      control,
      {
        path: keyPath(key, { node }),
        method: 'PUT',
        ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
        document: { value },
      },
      {
        shell,
        textOf: (body) => {
          const { revision } = JSON.parse(body) as { readonly revision: number };
          return `${key} is at revision ${revision}`;
        },
      },
    ),
});
