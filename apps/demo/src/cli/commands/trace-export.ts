import { command, type Command, flag, Misuse, option } from '../command-spec.ts';
import { controlOptions, DemoClient } from '../demo-client.ts';
import { duration, oneOf, signedDuration, text } from '../forms.ts';
import { filter } from '../trace/filter-form.ts';

export const traceExport: Command = command({
  name: 'trace export',
  group: 'Look',
  summary: 'Write what nodes sent each other: as JSON lines, for ShiViz, or as a picture',
  details: [
    'The demo keeps the last minute (`demo up --trace`). The Trace screen, also of the page that ' +
      'needs no server, opens JSON lines; https://bestchai.bitbucket.io/shiviz shows the log.',
  ],
  examples: [
    ['trace export --format svg --from -5s --out trace.svg', 'the last 5 seconds, to look at'],
    ['trace export --from -30s --out trace.jsonl', ''],
    ['trace export --for 3s --format shiviz', 'from now on, for 3 seconds'],
    [`trace export --filter 'm.protocol === "raft"'`, ''],
  ],
  options: {
    format: option(oneOf('format', ['jsonl', 'shiviz', 'svg']), 'As what', 'jsonl'),
    from: option(signedDuration('time'), 'Since when', '-30s'),
    for: option(duration(), 'Record from now on for so long, in place of --from'),
    filter: option(filter, 'Only events for which it holds, as on the Trace screen'),
    heartbeats: flag('Draw heartbeats as other messages; JSON lines and logs always have them'),
    out: option(text('file'), 'There; else to standard output'),
    ...controlOptions,
  },
  run: async ({ options }, shell) => {
    const { exportTrace } = await import('../trace/export-trace.ts');
    const { format, from, filter: holds = () => true, out: outFile, for: forMs } = options;
    if (from >= 0) throw new Misuse('--from: expected a time before now, like -30s');
    const demo = new DemoClient(options.control);
    try {
      const what = { format, holds, hasHeartbeats: options.heartbeats };
      return await exportTrace({ demo, ...what, pastMs: -from, forMs, outFile }, shell);
    } finally {
      demo.close();
    }
  },
});
