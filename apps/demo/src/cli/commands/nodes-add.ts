import { command, type Command, option } from '../command-spec.ts';
import { controlOptions } from '../demo-client.ts';
import { duration } from '../forms.ts';

export const nodesAdd: Command = command({
  name: 'nodes add',
  group: 'Run',
  summary: 'Start another node, and have it let in',
  details: [
    'It learns the log, gets a vote by joint consensus once it has caught up, and boards after ' +
      'that.',
  ],
  examples: [
    ['nodes add', ''],
    ['nodes add --wait 1m', 'until it has a vote and may hold boards'],
  ],
  options: { wait: option(duration(), 'Wait for so long until it is done'), ...controlOptions },
  run: async ({ options: { wait: waitMs, control } }, shell) => {
    const { changeMembers } = await import('../member-actions.ts');
    const request = { path: '/api/nodes', method: 'POST' } as const;
    return await changeMembers({ control, waitMs, request }, shell);
  },
});
