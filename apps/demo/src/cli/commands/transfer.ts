import { command, type Command, option } from '../command-spec.ts';
import { ask, controlOptions } from '../demo-client.ts';
import { text } from '../forms.ts';

export const transfer: Command = command({
  name: 'transfer',
  group: 'Run',
  summary: 'Let another node lead, without an election that anybody waits for',
  examples: [
    ['transfer n2', ''],
    ['transfer', 'whichever is as far as the leader'],
  ],
  args: { node: option(text('node', 'a node like n2'), 'Which one; any if left out') },
  options: controlOptions,
  run: ({ args, options }, shell) => {
    const textOf = (body: string): string =>
      `${(JSON.parse(body) as { readonly leaderId: string }).leaderId} leads`;
    const document = args.node === undefined ? {} : { to: args.node };
    const request = { path: '/api/transfer-leadership', method: 'POST', document } as const;
    return ask(options.control, request, { shell, textOf });
  },
});
