import type { BoardView } from '../../board/board.ts';
import { command, type Command, option, required } from '../command-spec.ts';
import { ask, controlOptions, DemoClient, say } from '../demo-client.ts';
import { duration, oneOf, text } from '../forms.ts';
import { keyPath } from '../key-path.ts';
import { target } from '../target.ts';

export const get: Command = command({
  name: 'get',
  group: 'Boards and keys',
  summary: 'Read a board, or a key of the configuration',
  examples: [
    ['get greeting', 'the key, as config/greeting does'],
    ['get board/b-1f00 --consistency quorum', 'after hearing a second copy'],
    ['get config/cluster/members --read stale --node n3', 'what n3 knows, without asking anyone'],
  ],
  args: { target: required(target, 'What') },
  options: {
    node: option(text('node'), 'Ask this node'),
    read: option(oneOf('mode', ['index', 'lease', 'stale']), 'How fresh a key must be', 'index'),
    consistency: option(oneOf('level', ['one', 'quorum']), 'How many copies of a board', 'one'),
    timeout: option(duration(), 'Give up after that', '5s'),
    ...controlOptions,
  },
  run: async ({ args, options }, shell) => {
    const { node, read, consistency, timeout: timeoutMs, control } = options;
    if (args.target.kind === 'config') {
      const path = keyPath(args.target.key, { node, read });
      const textOf = (body: string): string =>
        (JSON.parse(body) as { readonly value: string }).value;
      return await ask(control, { path, timeoutMs }, { shell, textOf });
    }
    const { readBoard } = await import('../boards/board-requests.ts');
    const { boardLines } = await import('../boards/board-text.ts');
    const demo = new DemoClient(control);
    try {
      const answer = await readBoard({ demo, node, timeoutMs }, args.target.id, consistency);
      return say(answer, shell, (body) => boardLines(JSON.parse(body) as BoardView).join('\n'));
    } finally {
      demo.close();
    }
  },
});
