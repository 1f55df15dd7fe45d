import { command, type Command, flag, option } from '../command-spec.ts';
import { controlOptions, DemoClient } from '../demo-client.ts';
import { filter } from '../trace/filter-form.ts';

export const traceTail: Command = command({
  name: 'trace tail',
  group: 'Look',
  summary: 'Follow what nodes send each other, until Ctrl-C',
  details: [
    'A line for each end of a message, in the order of causal time, some 1.2 s after it. The ' +
      'condition is that of the Trace screen: fields are kind, type, from, to, protocol, bytes, ' +
      'lost, and what Raft says.',
  ],
  examples: [
    ['trace tail', ''],
    [`trace tail --filter 'm.type === "requestVote"'`, 'who asks for votes'],
    ['trace tail --filter m.lost', 'what did not arrive'],
    ['trace tail --json', 'lines that the Trace screen opens'],
  ],
  options: {
    filter: option(filter, 'Only events for which it holds'),
    heartbeats: flag('Heartbeats, too'),
    ...controlOptions,
  },
  run: async ({ options }, shell) => {
    const { tailTrace } = await import('../trace/tail-trace.ts');
    const { filter: holds = () => true, heartbeats: hasHeartbeats } = options;
    const demo = new DemoClient(options.control);
    try {
      await tailTrace(demo, { holds, hasHeartbeats }, shell);
      return 0;
    } finally {
      demo.close();
    }
  },
});
