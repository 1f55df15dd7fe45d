import { command, type Command, option } from '../command-spec.ts';
import { nodePath } from '../control-action.ts';
import { controlOptions, DemoClient, say } from '../demo-client.ts';
import { text } from '../forms.ts';
import { type ExitCode, Failure } from '../shell.ts';

export const snapshot: Command = command({
  name: 'snapshot',
  group: 'Run',
  summary: 'Let nodes write what they have applied, and forget the log behind it',
  examples: [
    ['snapshot n2', ''],
    ['snapshot', 'all that run'],
  ],
  args: { node: option(text('node', 'a node like n2'), 'Which one; all if left out') },
  options: controlOptions,
  run: async ({ args, options }, shell) => {
    const demo = new DemoClient(options.control);
    try {
      const { nodes } = await demo.view();
      const running = nodes.filter(({ process }) => process === 'running').map(({ id }) => id);
      const ids = args.node === undefined ? running : [args.node];
      if (ids.length === 0) throw new Failure('no node runs');
      let code: ExitCode = 0;
      for (const id of ids) {
        const answer = await demo.request({ path: nodePath(id, 'snapshot'), method: 'POST' });
        code ||= say(answer, shell, (body) => `${id}: ${snapshotText(body)}`);
      }
      return code;
    } finally {
      demo.close();
    }
  },
});

function snapshotText(body: string): string {
  const { outcome, lastApplied, firstLogIndex } = JSON.parse(body) as {
    readonly outcome: string;
    readonly lastApplied: number;
    readonly firstLogIndex: number;
  };
  return `${outcome}; applied up to ${lastApplied}, the log begins at ${firstLogIndex}`;
}
