import { describe, expect, test } from 'vitest';

import { eventStream, readEvents } from '../src/event-stream.ts';

interface Opened {
  readonly response: Response;
  readonly send: (event: unknown) => void;
  readonly end: () => void;
  /** How often the source was stopped. */
  readonly stopCount: () => number;
}

function opened(whenBehind: 'skips' | 'ends'): Opened {
  let send: Opened['send'] = () => undefined;
  let end: Opened['end'] = () => undefined;
  let stopCount = 0;
  const { signal } = new AbortController();
  const response = eventStream(
    signal,
    (given, ends) => {
      [send, end] = [given, ends];
      return () => (stopCount += 1);
    },
    { whenBehind },
  );
  return { response, send: (event) => send(event), end: () => end(), stopCount: () => stopCount };
}

async function eventsOf({ response }: Opened): Promise<readonly number[]> {
  const events: number[] = [];
  await readEvents(response.body!, (data) => events.push((JSON.parse(data) as [number])[0]));
  return events;
}

const kib = 'x'.repeat(1_024);

describe('a reader that does not keep up', () => {
  test('of figures: misses some of them, and hears of the next ones', async () => {
    const stream = opened('skips');
    for (let count = 0; count < 1_000; count += 1) stream.send([count]);
    const reader = stream.response.body!.getReader();
    const chunks: string[] = [];
    const read = async (): Promise<void> => {
      chunks.push(new TextDecoder().decode((await reader.read()).value));
    };
    for (let count = 0; count < 200; count += 1) await read();
    expect(stream.stopCount()).toBe(0);
    stream.send(['next']);
    while (chunks.at(-1) !== 'data: ["next"]\n\n') await read();
    expect(chunks.length).toBeLessThan(400);
  });

  test('of changes: gets all up to a moment, and then the end', async () => {
    const stream = opened('ends');
    for (let count = 0; count < 2_000; count += 1) stream.send([count, kib]);
    expect(stream.stopCount()).toBe(1);
    const events = await eventsOf(stream);
    expect(events.length).toBeGreaterThan(500);
    expect(events.length).toBeLessThan(1_100);
    expect(events).toEqual(events.map((_, index) => index));
  });

  test('of changes: may get a first one that is larger than what may wait', async () => {
    const stream = opened('ends');
    stream.send([0, kib.repeat(2_048)]);
    stream.end();
    expect(await eventsOf(stream)).toEqual([0]);
  });
});

test('a stream ends once, whoever ends it', async () => {
  const stream = opened('ends');
  stream.send([1]);
  stream.end();
  stream.end();
  stream.send([2]);
  expect(await eventsOf(stream)).toEqual([1]);
  expect(stream.stopCount()).toBe(1);
});

test('a source that has nothing more to say when it is asked is stopped', async () => {
  let stopCount = 0;
  const { signal } = new AbortController();
  const response = eventStream(signal, (_, end) => {
    end();
    return () => (stopCount += 1);
  });
  expect(await response.text()).toBe(': open\n\n');
  expect(stopCount).toBe(1);
});
