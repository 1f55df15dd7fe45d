import { setTimeout as delay } from 'node:timers/promises';

import type { ClusterView } from '../../supervisor/cluster-view.ts';
import { command, type Command, flag } from '../command-spec.ts';
import { ask, controlOptions } from '../demo-client.ts';
import { viewText } from '../view-text.ts';

const intervalMs = 1_000;

export const status: Command = command({
  name: 'status',
  group: 'Look',
  summary: 'Who leads, who is up, what is wrong',
  examples: [
    ['status', ''],
    ['status --watch --json', 'every second, until Ctrl-C'],
  ],
  options: { watch: flag('Again every second, until Ctrl-C'), ...controlOptions },
  run: async ({ options }, shell) => {
    const textOf = (body: string): string => viewText(JSON.parse(body) as ClusterView);
    const look = () => ask(options.control, { path: '/api/view' }, { shell, textOf });
    if (!options.watch) return await look();
    const { interrupted: signal } = shell;
    while (!signal.aborted) {
      await look();
      if (!shell.isJson) shell.print('');
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
    return 0;
  },
});
