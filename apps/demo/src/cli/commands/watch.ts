import { command, type Command, option, required } from '../command-spec.ts';
import { controlOptions, DemoClient } from '../demo-client.ts';
import { oneOf, text } from '../forms.ts';
import { target } from '../target.ts';

export const watch: Command = command({
  name: 'watch',
  group: 'Boards and keys',
  summary: 'Follow a board or a key of the configuration, until Ctrl-C',
  details: [
    'A board is followed by its events: where they break off, as when a node dies, they are ' +
      'taken up on another node from the version known so far. A key is asked for again and again.',
  ],
  examples: [
    ['watch board/b-1f00', 'what changes, line by line'],
    ['watch greeting --json', 'one object for each revision'],
  ],
  args: { target: required(target, 'What') },
  options: {
    node: option(text('node'), 'Ask this node'),
    read: option(oneOf('mode', ['index', 'lease', 'stale']), 'How fresh a key must be', 'index'),
    ...controlOptions,
  },
  run: async ({ args, options: { node, read, control } }, shell) => {
    const demo = new DemoClient(control);
    try {
      if (args.target.kind === 'board') {
        const { watchBoard } = await import('../boards/watch-board.ts');
        await watchBoard({ demo, node, id: args.target.id }, shell);
      } else {
        const { watchKey } = await import('../watch-key.ts');
        await watchKey({ demo, node, read, key: args.target.key }, shell);
      }
      return 0;
    } finally {
      demo.close();
    }
  },
});
