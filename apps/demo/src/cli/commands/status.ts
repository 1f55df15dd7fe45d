import type { ClusterView } from '../../supervisor/cluster-view.ts';
import { command, type Command } from '../command-spec.ts';
import { ask, controlOptions } from '../demo-client.ts';
import { viewText } from '../view-text.ts';

export const status: Command = command({
  name: 'status',
  group: 'Look',
  summary: 'Who leads, who is up, what is wrong',
  examples: [['status', '']],
  options: controlOptions,
  run: ({ options }, shell) => {
    const textOf = (body: string): string => viewText(JSON.parse(body) as ClusterView);
    return ask(options.control, { path: '/api/view' }, { shell, textOf });
  },
});
