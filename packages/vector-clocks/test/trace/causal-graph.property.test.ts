import fc from 'fast-check';
import { expect, test } from 'vitest';

import { causalGraph } from '../../src/trace/causal-graph.ts';
import { traces } from '../support/traces.ts';

test('times are the lengths of the longest ways, in whatever order events are told', () => {
  fc.assert(
    fc.property(traces, fc.func(fc.integer()), ({ events, steps }, shuffle) => {
      const times = events.map(() => 1);
      // Steps are recorded in the order in which they happened.
      for (const place of events.keys()) {
        for (const [before, after] of steps) {
          if (after !== place) continue;
          times[place] = Math.max(times[place] ?? 1, (times[before] ?? 1) + 1);
        }
      }
      const told = events.toSorted((left, right) => shuffle(left.text) - shuffle(right.text));
      const graph = causalGraph(told);
      for (const { event, time } of graph.events) {
        expect(time).toBe(times[events.indexOf(event)]);
      }
      expect(graph.events).toHaveLength(events.length);
    }),
    { numRuns: 300 },
  );
});

test('who was heard is who sent, unless it was known from another one already', () => {
  fc.assert(
    fc.property(traces, ({ events, steps }) => {
      const graph = causalGraph(events);
      const drawn = new Set(
        graph.events.flatMap(({ event, heard }) =>
          heard.map((place) => {
            const cause = graph.events[place]?.event;
            return `${cause === undefined ? -1 : events.indexOf(cause)}>${events.indexOf(event)}`;
          }),
        ),
      );
      const possible = new Set(steps.map(([before, after]) => `${before}>${after}`));
      for (const arrow of drawn) expect(possible).toContain(arrow);
      for (const [before, after] of steps) {
        const [cause, effect] = [events[before], events[after]];
        if (cause === undefined || effect === undefined || cause.host === effect.host) continue;
        const own = events.slice(0, after).findLast(({ host }) => host === effect.host);
        const wasKnown = (own?.clock.get(cause.host) ?? 0) >= cause.clock.get(cause.host);
        expect(drawn.has(`${before}>${after}`)).toBe(!wasKnown);
      }
    }),
    { numRuns: 300 },
  );
});
