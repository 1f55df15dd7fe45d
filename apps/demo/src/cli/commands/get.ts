import { command, type Command, option, required } from '../command-spec.ts';
import { ask, controlOptions } from '../demo-client.ts';
import { oneOf, text } from '../forms.ts';
import { keyPath } from '../key-path.ts';

export const get: Command = command({
  name: 'get',
  group: 'Boards and keys',
  summary: 'Read a key of the configuration',
  examples: [
    ['get greeting', ''],
    ['get greeting --read stale --node n3', 'what n3 knows, without asking anyone'],
  ],
  args: { key: required(text('key'), 'Its name') },
  options: {
    node: option(text('node'), 'Ask this node'),
    read: option(oneOf('mode', ['index', 'stale']), 'How fresh', 'index'),
    ...controlOptions,
  },
  run: ({ args, options: { node, read, control } }, shell) =>
    ask(
      control,
      { path: keyPath(args.key, { node, read }) },
      { shell, textOf: (body) => (JSON.parse(body) as { readonly value: string }).value },
    ),
});
