import { command, type Command } from '../command-spec.ts';
import { controlOptions, DemoClient } from '../demo-client.ts';

export const top: Command = command({
  name: 'top',
  group: 'Look',
  summary: 'Watch the cluster in this terminal, and break it by keys',
  details: [
    'Keys: k ends a node or starts it again, z lets it stand still or go on, x cuts it off, ' +
      'h heals, + and - change the load, arrows choose, q quits. Where there is no terminal, and ' +
      'with --json, it prints a line every two seconds.',
  ],
  examples: [
    ['top', ''],
    ['top --json', 'for a program'],
  ],
  options: controlOptions,
  run: async ({ options }, shell) => {
    const { runPlainTop, runTop } = await import('../top/run-top.ts');
    const demo = new DemoClient(options.control);
    try {
      const isTerminal = process.stdout.isTTY && process.stdin.isTTY && !shell.isJson;
      await (isTerminal ? runTop(demo, shell) : runPlainTop(demo, shell));
      return 0;
    } finally {
      demo.close();
    }
  },
});
