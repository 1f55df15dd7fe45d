import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { eventStream } from '../../src/event-stream.ts';
import type { PageEvent } from '../../src/supervisor/cluster-view.ts';
import { Broadcast } from '../../src/supervisor/supervisor-events.ts';
import { TraceRecorder } from '../../src/supervisor/trace-recorder.ts';
import { nodeView } from '../support/node-view.ts';

let nowMs: number;
let tell: (event: unknown) => void;
let recorder: TraceRecorder;
const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };

beforeEach(() => {
  nowMs = 0;
  recorder = new TraceRecorder({
    cluster: {
      view: () => ({
        ...{ nodes: [nodeView('n1')], leaderId: null, groups: [], dataDirectory: '' },
        load: { ratePerSecond: 0, totals },
      }),
      pageEvents: new Broadcast<PageEvent>(),
      openStream: (_id, _path, signal) =>
        Promise.resolve(
          eventStream(signal, (send) => {
            tell = send;
            return () => undefined;
          }),
        ),
    },
    ...{ keepMs: 1_000, keepCharacters: 100, nowMs: () => nowMs },
  });
});

afterEach(() => recorder.close());

/** Lets the node trace something, and waits until it is kept. */
async function trace(text: string): Promise<void> {
  await vi.waitFor(() => expect(tell).toBeDefined());
  tell(text);
  await vi.waitFor(() => expect(recorder.lines(1)).toContain(text));
}

test('keeps the last of it, and tells as much as is asked for', async () => {
  for (nowMs of [100, 600, 1_000]) await trace(`at ${nowMs}`);
  expect(recorder.lines(1_000)).toBe('"at 100"\n"at 600"\n"at 1000"\n');
  expect(recorder.lines(500)).toBe('"at 600"\n"at 1000"\n');
  nowMs = 1_500;
  expect(recorder.lines(1_000)).toBe('"at 600"\n"at 1000"\n');
});

test('keeps no more than there is room for, however young', async () => {
  const windows = Array.from({ length: 9 }, (_, index) => `${index}`.repeat(28));
  for (const window of windows) await trace(window);
  expect(recorder.lines(1_000)).toBe(
    windows
      .slice(-3)
      .map((text) => `"${text}"\n`)
      .join(''),
  );
});
