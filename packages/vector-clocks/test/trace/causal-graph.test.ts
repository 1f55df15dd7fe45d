import { describe, expect, test } from 'vitest';

import { causalGraph } from '../../src/trace/causal-graph.ts';
import { TraceRecorder } from '../../src/trace/trace-recorder.ts';
import { VectorClock } from '../../src/vector-clock.ts';

describe('a trace', () => {
  test('has an arrow from whoever told first, not from those that were told too', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((host) => new TraceRecorder(host));
    if (a === undefined || b === undefined || c === undefined) throw new Error('no recorder');
    c.receive('hears a', a.send('says'));
    b.receive('hears c, and of a', c.send('says'));
    const { events, hosts } = causalGraph([...a.events, ...b.events, ...c.events]);
    expect(hosts).toEqual(['a', 'b', 'c']);
    const arrows = events.flatMap(({ event, heard }) =>
      heard.map((place) => `${events[place]?.event.host}>${event.host}`),
    );
    expect(arrows).toEqual(['a>c', 'c>b']);
    expect(events.map(({ time }) => time)).toEqual([1, 2, 3, 4]);
  });

  test('may know of processes that told nothing', () => {
    const clock = VectorClock.of([
      ['a', 1],
      ['gone', 7],
    ]);
    expect(causalGraph([{ host: 'a', text: 'x', clock }]).events[0]).toMatchObject({
      ...{ time: 1, heard: [] },
    });
  });

  test('may be empty', () => {
    expect(causalGraph([])).toEqual({ hosts: [], events: [] });
  });

  test.each([
    ['an event twice', [1, 1], 'trace: expected event 2, got 1: "x" of "a"'],
    ['not the first', [2], 'trace: expected event 1, got 2: "x" of "a"'],
    ['none of its own', [0], 'trace: expected event 1, got 0: "x" of "a"'],
  ])('that tells %s is refused', (_name, counters, message) => {
    const events = counters.map((counter) => ({
      ...{ host: 'a', text: 'x', clock: VectorClock.of([['a', counter]]) },
    }));
    expect(() => causalGraph(events)).toThrow(new RangeError(message));
  });
});
