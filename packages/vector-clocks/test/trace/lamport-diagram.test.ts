import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { lamportDiagram } from '../../src/trace/lamport-diagram.ts';
import { TraceRecorder } from '../../src/trace/trace-recorder.ts';
import { traces } from '../support/traces.ts';

const pathsOf = (svg: string, name: string): readonly string[] =>
  [...svg.matchAll(new RegExp(`<(?:path|circle) class="${name}"[^>]*>`, 'gu'))].map(([tag]) => tag);

describe('a diagram', () => {
  test('has a line for each process, a dot for each event, an arrow for each message', () => {
    const [a, b] = [new TraceRecorder('a'), new TraceRecorder('b')];
    b.happen('begins');
    b.receive('is asked', a.send('asks'));
    a.receive('has an answer', b.send('answers'));
    const svg = lamportDiagram([...a.events, ...b.events]);
    const counts = ['life', 'event', 'message', 'row'].map((name) => pathsOf(svg, name).length);
    expect(counts).toEqual([2, 5, 2, 4]);
    expect(svg).toContain('>is asked</text>');
    expect(svg).toContain('is asked\nb, {a: 1, b: 2}</title>');
  });

  test('points downwards everywhere', () => {
    fc.assert(
      fc.property(traces, ({ events }) => {
        for (const arrow of pathsOf(lamportDiagram(events), 'message')) {
          const [, ...points] =
            /M[\d.]+ ([\d.]+)Q[\d.]+ ([\d.]+) [\d.]+ ([\d.]+)/.exec(arrow) ?? [];
          const [startY = Infinity, viaY = 0, endY = 0] = points.map(Number);
          expect([viaY > startY, endY > viaY]).toEqual([true, true]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('is well-formed whatever the names and texts are', () => {
    const recorder = new TraceRecorder('<a "&">');
    recorder.happen('</text><script>\u0000\ud800&amp;');
    const svg = lamportDiagram(recorder.events);
    expect(svg).toContain('&lt;a &quot;&amp;&quot;&gt;');
    for (const bad of ['<script', '\u0000', '\ud800']) expect(svg.includes(bad)).toBe(false);
    expect(svg.isWellFormed()).toBe(true);
  });

  test('cuts long texts, and says how many events it leaves out', () => {
    const recorder = new TraceRecorder('a');
    for (let count = 0; count < 5; count += 1) recorder.happen('much too long');
    const svg = lamportDiagram(recorder.events, { eventCountMax: 3, textLengthMax: 6 });
    expect(pathsOf(svg, 'event')).toHaveLength(3);
    expect(svg).toContain('>much …</text>');
    expect(svg).toContain('>and 2 more</text>');
  });

  test('of nothing is empty', () => {
    expect(pathsOf(lamportDiagram([]), 'event')).toEqual([]);
  });

  test.each([
    [{ eventCountMax: 0 }, 'eventCountMax: expected an integer >= 1, got 0'],
    [{ textLengthMax: 3 }, 'textLengthMax: expected an integer >= 4, got 3'],
  ])('%j is refused', (options, message) => {
    expect(() => lamportDiagram([], options)).toThrow(message);
  });
});
