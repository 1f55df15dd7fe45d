import { changeForms } from '../boards/change-forms.ts';
import { command, type Command, option, required } from '../command-spec.ts';
import { ask, controlOptions, DemoClient, say } from '../demo-client.ts';
import { anyText, duration, text } from '../forms.ts';
import { keyPath } from '../key-path.ts';
import { target } from '../target.ts';

export const put: Command = command({
  name: 'put',
  group: 'Boards and keys',
  summary: 'Make or change a board, or write a key of the configuration',
  details: [
    `A board takes ${changeForms}. What is not confirmed is sent again with the same ` +
      'Idempotency-Key until the time is up, and so done once.',
  ],
  examples: [
    ['put greeting hello', 'the key, as config/greeting does'],
    ['put greeting hello --if-match 12', 'only if it is at revision 12'],
    ["put board/new 'Payments are down'", 'a board of that title; prints its id'],
    ['put board/b-1f00 status=resolved', ''],
    ["put board/b-1f00 item='Call Ann'", ''],
  ],
  args: {
    target: required(target, 'What'),
    value: required(anyText('value'), 'Its value; of a board what is to be done'),
  },
  options: {
    node: option(text('node'), 'Ask this node'),
    ifMatch: option(text('revision'), 'Only if the key is at this revision; * if it exists'),
    timeout: option(duration(), 'Give up after that', '5s'),
    ...controlOptions,
  },
  run: async ({ args, options }, shell) => {
    const { node, ifMatch, timeout: timeoutMs, control } = options;
    if (args.target.kind === 'config') {
      const { key } = args.target;
      const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
      const document = { value: args.value };
      const textOf = (body: string): string => {
        const { revision } = JSON.parse(body) as { readonly revision: number };
        return `${key} is at revision ${revision}`;
      };
      const path = keyPath(key, { node });
      const request = { path, method: 'PUT', headers, document, timeoutMs } as const;
      return await ask(control, request, { shell, textOf });
    }
    const { parseChange } = await import('../boards/board-change.ts');
    const { changeBoard, createBoard } = await import('../boards/board-requests.ts');
    const { id } = args.target;
    const operations =
      id === 'new' ? [] : [parseChange(args.value, crypto.randomUUID().slice(0, 8))];
    const demo = new DemoClient(control);
    try {
      const asked = { demo, node, timeoutMs };
      if (id !== 'new') {
        const answer = await changeBoard(asked, id, operations);
        return say(answer, shell, (body) => {
          const { copies } = JSON.parse(body) as { readonly copies: number };
          return `board/${id}: done, on ${copies} disks`;
        });
      }
      const answer = await createBoard(asked, args.value);
      return say(answer, shell, (body) => `board/${(JSON.parse(body) as { id: string }).id}`);
    } finally {
      demo.close();
    }
  },
});
