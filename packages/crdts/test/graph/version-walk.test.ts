import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dominatorsOf, versionContains, walkDifference } from '../../src/graph/version-walk.ts';
import { eventsOf, graphOf } from '../support/random-graph.ts';

const draws = fc.array(
  fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 4 }), fc.nat({ max: 10 })),
  { minLength: 1, maxLength: 30, size: 'max' },
);
const picks = fc.array(fc.nat({ max: 10_000 }), { maxLength: 4, size: 'max' });

describe('a walk over versions', () => {
  it('finds what only one of two versions has, as sets of events say', () => {
    fc.assert(
      fc.property(draws, picks, picks, (drawn, left, right) => {
        const { graph, pasts } = graphOf(drawn);
        const a = dominatorsOf(
          graph,
          left.map((pick) => pick % graph.eventCount),
        );
        const b = dominatorsOf(
          graph,
          right.map((pick) => pick % graph.eventCount),
        );
        const inA = eventsOf(pasts, a);
        const inB = eventsOf(pasts, b);
        const out: number[] = [];
        walkDifference(graph, a, b, out);
        const found: [number, number][] = [];
        let bound = graph.eventCount;
        for (let at = 0; at < out.length; at += 3) {
          expect(out[at + 1]).toBeLessThanOrEqual(bound);
          bound = out[at]!;
          for (let lv = out[at]!; lv < out[at + 1]!; lv += 1) found.push([lv, out[at + 2]!]);
        }
        const expected: [number, number][] = [];
        for (const lv of inA) if (!inB.has(lv)) expected.push([lv, 1]);
        for (const lv of inB) if (!inA.has(lv)) expected.push([lv, 2]);
        const byEvent = (x: [number, number], y: [number, number]): number => x[0] - y[0];
        expect(found.sort(byEvent)).toEqual(expected.sort(byEvent));
      }),
    );
  });

  it('knows the events of a version', () => {
    fc.assert(
      fc.property(draws, picks, (drawn, pick) => {
        const { graph, pasts } = graphOf(drawn);
        const frontier = dominatorsOf(
          graph,
          pick.map((lv) => lv % graph.eventCount),
        );
        const events = eventsOf(pasts, frontier);
        for (let lv = 0; lv < graph.eventCount; lv += 1) {
          expect(versionContains(graph, frontier, lv)).toBe(events.has(lv));
        }
      }),
    );
  });

  it('keeps of some events those that none of them descends from', () => {
    fc.assert(
      fc.property(draws, picks, (drawn, pick) => {
        const { graph, pasts } = graphOf(drawn);
        const lvs = pick.map((lv) => lv % graph.eventCount);
        const expected = [...new Set(lvs)]
          .filter((lv) => !lvs.some((other) => other !== lv && pasts[other]!.has(lv)))
          .sort((left, right) => left - right);
        expect(dominatorsOf(graph, lvs)).toEqual(expected);
      }),
    );
  });
});
