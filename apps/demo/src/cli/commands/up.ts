import { loadPerSecondMax } from '../../supervisor/cluster-view.ts';
import { carrierOptions, clusterCarrierOf } from '../carrier-options.ts';
import { command, type Command, flag, Misuse, option } from '../command-spec.ts';
import { controlOptions } from '../demo-client.ts';
import { durationOrOff, text, wholeNumber } from '../forms.ts';
import { mix } from '../load-mix-form.ts';
import { settingOptions, settingsOf } from '../setting-options.ts';

export const up: Command = command({
  name: 'up',
  group: 'Run',
  summary: 'Start nodes, their supervisor and the page, until Ctrl-C',
  details: [
    'The first Ctrl-C stops all nodes in order and says so, the second one at once. With --json ' +
      'the first line says where everything is, and one line follows for each thing that happens.',
  ],
  examples: [
    ['', '5 nodes, the page on port 4000'],
    ['up --nodes 3 --load 200 --open', '3 nodes under load, and a browser'],
    ['up --load 100 --mix boards', 'boards are edited and read, keys now and then'],
    ['up --carrier nats', 'over a NATS server, one of its own if --nats-url names none'],
    ['up --nodes 5 --voters 3', 'a small majority, and boards on all'],
    ['up --replicas 5 --fsync batch', 'five copies of each board, on disks that nobody waits for'],
    ['up --data ./demo-data', 'kept, and gone on with at the next start'],
  ],
  options: {
    nodes: option(wholeNumber('count', 1, 9), 'How many', '5'),
    voters: option(
      wholeNumber('count', 1, 9),
      'How many of them have a vote, on new data; all if left out. The others follow the log',
    ),
    port: option(
      wholeNumber('port', 0, 65_000),
      "The page's; the nodes' APIs take the ports after it, Raft those from 101 after it; 0 " +
        'picks free ones',
      '4000',
    ),
    data: option(
      text('directory'),
      'Keep the data there; else it goes to a temporary directory that is removed at the end',
    ),
    load: option(
      wholeNumber('rate', 0, loadPerSecondMax),
      'Requests per second to begin with',
      '0',
    ),
    mix: option(mix, 'What they ask for', 'config'),
    seed: option(
      wholeNumber('seed', 0, 999_999_999),
      'Of what the load asks for, in which order; another one each time if left out',
    ),
    ...settingOptions,
    noChaos: flag('Let nothing be broken: not by the page, the shell, or requests to nodes'),
    ...carrierOptions,
    trace: option(
      durationOrOff('time'),
      'Keep what nodes send each other for so long, for `demo trace export`',
      'off',
    ),
    import: option(
      text('module'),
      'Each node loads it first, as by `node --import`: an SDK of OpenTelemetry, say',
    ),
    open: flag('Open the page in a browser'),
    ...controlOptions,
  },
  run: async ({ options }, { isJson, mainFile }) => {
    const { runSupervisor } = await import('../../supervisor/run-supervisor.ts');
    const { openInBrowser } = await import('../open-in-browser.ts');
    const settings = {
      nodeCount: options.nodes,
      voterCount: votersOf(options),
      port: options.port,
      dataDirectory: options.data,
      loadPerSecond: options.load,
      mix: options.mix,
      carrier: clusterCarrierOf(options),
      imported: options.import,
      traceMs: options.trace,
      seed: options.seed,
      settings: settingsOf(options, options.noChaos ? 'refused' : 'allowed'),
      ...{ isJson, controlFile: options.control },
      ...(options.open && { onReady: openInBrowser }),
    };
    await runSupervisor(settings, mainFile);
    return 0;
  },
});

function votersOf({
  nodes,
  voters = nodes,
}: {
  readonly nodes: number;
  readonly voters: number | undefined;
}): number {
  if (voters <= nodes) return voters;
  throw new Misuse(
    `--voters: expected at most ${nodes}, as there are no more nodes, got ${voters}`,
  );
}
