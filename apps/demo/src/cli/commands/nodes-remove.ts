import { command, type Command, option } from '../command-spec.ts';
import { nodeArgument } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { duration } from '../forms.ts';

export const nodesRemove: Command = command({
  name: 'nodes remove',
  group: 'Run',
  summary: 'Send a node away: its boards first, then its vote, then it ends',
  examples: [
    ['nodes remove n5', ''],
    ['nodes remove n5 --wait 1m', 'until it is gone'],
  ],
  args: nodeArgument,
  options: { wait: option(duration(), 'Wait for so long until it is done'), ...controlOptions },
  run: async ({ args, options: { wait: waitMs, control } }, shell) => {
    const { changeMembers } = await import('../member-actions.ts');
    const path = `/api/nodes/${encodeURIComponent(args.node)}`;
    const request = { path, method: 'DELETE' } as const;
    return await changeMembers({ control, waitMs, request, leavingId: args.node }, shell);
  },
});
