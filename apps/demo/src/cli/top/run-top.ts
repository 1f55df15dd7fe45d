/** `demo top`: the demo that runs, in a terminal. */
import { setTimeout as delay } from 'node:timers/promises';

import type { PageEvent } from '../../supervisor/cluster-view.ts';
import { type DemoClient, problemText } from '../demo-client.ts';
import { follow } from '../follow.ts';
import type { Shell } from '../shell.ts';
import { Screen } from '../terminal/screen.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { frame, summary } from './frame.ts';
import { actionOf } from './top-keys.ts';
import { emptyView, type TopView, withChoice, withEvent } from './top-view.ts';

const drawIntervalMs = 250;
const plainIntervalMs = 2_000;

/** What is known, kept up to date until `signal` is aborted. */
class TopFeed {
  view: TopView = emptyView;

  async run(demo: DemoClient, signal: AbortSignal): Promise<void> {
    await follow(demo, {
      signal,
      path: () => '/api/events',
      onData: (data) => {
        this.view = withEvent(this.view, JSON.parse(data) as PageEvent);
      },
      onGap: (reason) => this.say(reason),
    });
  }

  say(message: string): void {
    this.view = { ...this.view, message };
  }
}

/** On a terminal, until `q` or Ctrl-C. The terminal is given back however this ends. */
export async function runTop(demo: DemoClient, shell: Shell): Promise<void> {
  const { stdin, stdout } = process;
  const feed = new TopFeed();
  const ending = new AbortController();
  shell.interrupted.addEventListener('abort', () => ending.abort());
  const screen = new Screen(stdout);
  const giveBack = (): void => {
    screen.close();
    if (stdin.isTTY) stdin.setRawMode(false);
  };
  // Crashes and signals, too, come past here.
  process.on('exit', giveBack);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
  const draw = (): void => {
    const size = { columns: stdout.columns, rows: stdout.rows };
    const lines = frame(feed.view, size);
    screen.draw(lines.map(({ text, tone }) => (tone ? shell.colours(tone, text) : text)));
  };
  const onKey = (chunk: Buffer): void => {
    void press(chunk.toString(), { demo, feed, ending }).then(draw);
  };
  stdin.setRawMode(true);
  stdin.on('data', onKey);
  stdout.on('resize', () => {
    screen.forget();
    draw();
  });
  const timer = setInterval(draw, drawIntervalMs);
  try {
    await feed.run(demo, ending.signal);
  } finally {
    clearInterval(timer);
    stdin.off('data', onKey);
    stdin.pause();
    giveBack();
    process.off('exit', giveBack);
  }
}

/** Where there is no terminal: a line now and then. */
export async function runPlainTop(demo: DemoClient, shell: Shell): Promise<void> {
  const feed = new TopFeed();
  const { interrupted: signal } = shell;
  const ended = feed.run(demo, signal).finally(() => undefined);
  const printing = (async () => {
    while (!signal.aborted) {
      const { cluster, points } = feed.view;
      if (cluster !== undefined) {
        const point = points.at(-1) ?? null;
        shell.print(
          shell.isJson ? JSON.stringify({ cluster, point }) : safeLine(summary(feed.view)),
        );
      }
      const waitMs = cluster === undefined ? 50 : plainIntervalMs;
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  await Promise.race([ended, printing]);
}

async function press(
  key: string,
  {
    demo,
    feed,
    ending,
  }: {
    readonly demo: DemoClient;
    readonly feed: TopFeed;
    readonly ending: AbortController;
  },
): Promise<void> {
  const action = actionOf(key, feed.view);
  switch (action.kind) {
    case 'quit':
      ending.abort();
      return;
    case 'choose':
      feed.view = withChoice(feed.view, action.step);
      return;
    case 'ask': {
      feed.say(`${action.text} …`);
      try {
        const { status, body } = await demo.request(action.request);
        feed.say(status < 300 ? action.text : problemText(body));
      } catch (error) {
        feed.say(error instanceof Error ? error.message : String(error));
      }
      return;
    }
    case 'none':
      return;
  }
}
