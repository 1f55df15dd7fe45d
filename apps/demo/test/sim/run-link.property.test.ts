import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { scenarios } from '../../src/scenarios/index.ts';
import { formatLink, parseLink, type RunInput, type RunPlan } from '../../src/sim/run-link.ts';

const atMs = fc.integer({ min: 0, max: 600_000_000 }).map((us) => us / 1_000);
const node = fc.constantFrom('n1', 'n2', 'n3', 'n4', 'n5', 'leader');
const step = fc.oneof(
  fc.record({ atMs, kind: fc.constantFrom('kill', 'restart', 'pause', 'resume'), node }),
  fc.record({ atMs, kind: fc.constant('heal') }),
  fc.record({ atMs, kind: fc.constant('lose'), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    atMs,
    kind: fc.constant('partition'),
    left: fc.array(node, { maxLength: 3, size: 'max' }),
    right: fc.array(node, { maxLength: 3, size: 'max' }),
    isOneWay: fc.boolean(),
  }),
  fc.record({
    atMs,
    kind: fc.constant('request'),
    node: fc.constantFrom('n1', 'n5'),
    method: fc.constant('PUT'),
    path: fc.constantFrom('/v1/config/a', '/v1/config/__proto__?x=%00'),
    headers: fc.constantFrom({}, { 'if-match': '"7"' }),
    // Lone surrogates and all.
    body: fc.string({ unit: 'binary', maxLength: 50, size: 'max' }).map((text) => `\ud800${text}`),
  }),
);
const inputs = fc
  .array(step, { maxLength: 30, size: 'max' })
  .map((all) => all.toSorted((left, right) => left.atMs - right.atMs) as unknown as RunInput[]);
const plan: fc.Arbitrary<RunPlan> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  scenario: fc.constantFrom(undefined, ...scenarios.map(({ name }) => name)),
  atMs,
  inputs,
});

describe('a link', () => {
  test('says the run that it was made of, whatever screen it is for', () => {
    fc.assert(
      fc.property(plan, fc.constantFrom('#cluster?', 'ring?', '?'), (given, screen) => {
        const link = `${screen}${formatLink(given)}`;
        expect(link).toMatch(/^[#\w?=&.-]+$/);
        expect(parseLink(link)).toEqual({ kind: 'plan', plan: given });
      }),
    );
  });

  test('of a stranger says a run that can be said again, or none', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200, size: 'max' }),
      fc.webQueryParameters().map((query) => `?seed=1&${query}`),
      fc.json().map((json) => `?seed=1&t=5&inputs=${btoa(encodeURIComponent(json))}`),
      fc
        .tuple(plan, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }))
        .map(([given, at, character]) => {
          const link = `?${formatLink(given)}`;
          const cut = at % link.length;
          return link.slice(0, cut) + character + link.slice(cut + 1);
        }),
      fc.tuple(plan, fc.nat()).map(([given, at]) => {
        const link = `?${formatLink(given)}`;
        return link.slice(0, at % link.length);
      }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const parsed = parseLink(text);
        if (parsed.kind !== 'plan') return;
        expect(parseLink(`?${formatLink(parsed.plan)}`)).toEqual(parsed);
      }),
    );
  });

  test.each([
    ['', 'none'],
    ['#cluster', 'none'],
    ['?t=5', 'none'],
    ['?seed=', 'problem'],
    ['?seed=-1', 'problem'],
    ['?seed=1e3', 'problem'],
    ['?seed=4294967296', 'problem'],
    ['?seed=9007199254740993', 'problem'],
    ['?seed=1&t=NaN', 'problem'],
    ['?seed=1&t=620000.001', 'problem'],
    ['?seed=1&scenario=__proto__', 'problem'],
    ['?seed=1&inputs=*', 'problem'],
    ['?seed=1&inputs=_w', 'problem'],
    [`?seed=1&inputs=${btoa('[{"atMs":0.0001,"kind":"heal"}]').replaceAll('=', '')}`, 'problem'],
    [`?seed=1&inputs=${btoa('[{"atMs":2,"kind":"heal"},{"atMs":1,"kind":"heal"}]')}`, 'problem'],
    [`?seed=1&inputs=${btoa('[{"atMs":2,"kind":"stop"}]').replaceAll('=', '')}`, 'problem'],
    [`?seed=1&x=${'a'.repeat(200_000)}`, 'problem'],
  ])('%.40s is %s', (text, kind) => {
    expect(parseLink(text).kind).toBe(kind);
  });
});
