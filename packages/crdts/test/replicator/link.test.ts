import { expect, test } from 'vitest';

import { Link, type Mark, type Window } from '../../src/replicator/link.ts';

const bytes = (value: number): Uint8Array => Uint8Array.of(value);
const mark = (change: number): Mark => ({ version: bytes(change), change });
const flight = (number: number, reaches?: Mark) => ({
  ...{ number, sizeBytes: 10, sentAtMs: number },
  reaches,
});

function linkThatHeard(): { link: Link; window: Window } {
  const window = { bytes: 0 };
  const link = new Link(window);
  link.hear(bytes(1), 0);
  return { link, window };
}

test('nothing is sent to a peer before it has said what it has', () => {
  const link = new Link({ bytes: 0 });
  expect(link.baseOf(5)).toBeUndefined();
  link.hear(bytes(1), 0);
  expect(link.baseOf(5)?.version).toEqual(bytes(1));
});

test('a peer has our version once all that leads to it is acknowledged, in whatever order', () => {
  const { link, window } = linkThatHeard();
  link.depart(flight(7, mark(1)));
  link.depart(flight(8, mark(2)));
  expect(window.bytes).toBe(20);
  expect(link.baseOf(2)).toBeUndefined();
  expect(link.baseOf(3)).toEqual(mark(2));
  expect(link.acknowledge(8)).toBe(8);
  expect(link.confirmedChange).toBe(-1);
  expect(link.acknowledge(7)).toBe(7);
  expect(link.confirmedChange).toBe(2);
  expect(window.bytes).toBe(0);
  expect([link.acknowledge(7), link.acknowledge(99)]).toEqual([undefined, undefined]);
  expect(window.bytes).toBe(0);
});

test('what a peer said before it got what is on its way says nothing', () => {
  const { link } = linkThatHeard();
  link.depart(flight(7, mark(1)));
  link.depart(flight(8, mark(2)));
  expect(link.hear(bytes(0), 6)).toBe(false);
  expect(link.isBusy).toBe(true);
  expect(link.hear(bytes(0), 7)).toBe(true);
  expect(link.isBusy).toBe(false);
  expect(link.baseOf(2)?.version).toEqual(bytes(0));
});

test('more is sent to a peer that is to say what it has only when it has said it', () => {
  const { link, window } = linkThatHeard();
  link.depart(flight(7));
  expect(link.isFilling).toBe(true);
  expect(link.baseOf(3)).toBeUndefined();
  link.acknowledge(7);
  expect(link.baseOf(3)).toBeUndefined();
  expect(link.hear(bytes(4), 7)).toBe(true);
  expect(link.baseOf(3)?.version).toEqual(bytes(4));
  expect(window.bytes).toBe(0);
});

test('what is lost, covered or stopped is no longer on its way', () => {
  for (const end of [
    (link: Link) => link.lose(),
    (link: Link) => link.reset(),
    (link: Link) => link.stop('forked'),
    (link: Link) => link.cover(mark(9)),
  ]) {
    const { link, window } = linkThatHeard();
    link.depart(flight(7, mark(1)));
    link.depart(flight(8, mark(2)));
    link.acknowledge(8);
    end(link);
    expect(window.bytes).toBe(0);
    expect(link.isBusy).toBe(false);
    expect(link.acknowledge(7)).toBeUndefined();
  }
});

test('what we get from a peer that lacks nothing, it does not lack', () => {
  const { link } = linkThatHeard();
  link.cover(mark(1));
  link.advance(mark(2));
  expect(link.confirmedChange).toBe(2);
  link.depart(flight(7, mark(3)));
  link.advance(mark(4));
  expect(link.baseOf(4)).toBeUndefined();
  expect(link.confirmedChange).toBe(2);
  link.acknowledge(7);
  expect(link.confirmedChange).toBe(4);
});

test('a version that was heard is kept as a copy', () => {
  const link = new Link({ bytes: 0 });
  const lent = bytes(1);
  link.hear(lent, 0);
  lent.fill(9);
  expect(link.sent?.version).toEqual(bytes(1));
});

test('a peer that says that it has less has lost what it confirmed', () => {
  const { link } = linkThatHeard();
  link.cover(mark(3));
  expect(link.confirmedChange).toBe(3);
  link.depart(flight(7, mark(4)));
  // Said before it got what is on its way: says nothing.
  expect(link.hear(bytes(0), 6)).toBe(false);
  expect(link.confirmedChange).toBe(3);
  expect(link.hear(bytes(0), 7)).toBe(true);
  expect(link.confirmedChange).toBe(-1);
});

test('what a peer confirmed in one attachment is not taken for true in the next one', () => {
  const { link, window } = linkThatHeard();
  expect(link.meet({ attachment: 2, isKept: true })).toBe(true);
  link.cover(mark(3));
  link.depart(flight(7, mark(4)));
  expect(link.meet({ attachment: 5, isKept: true })).toBe(true);
  expect([link.confirmedChange, link.sent, window.bytes]).toEqual([-1, undefined, 0]);
  // What was on its way came to the one before.
  expect(link.acknowledge(7)).toBeUndefined();
  expect(link.meet({ attachment: 2, isKept: true })).toBe(false);
  expect(link.attachment).toBe(5);
});

test('a peer that does not mean to keep what it has confirms nothing', () => {
  const { link } = linkThatHeard();
  link.meet({ attachment: 1, isKept: true });
  link.cover(mark(3));
  link.meet({ attachment: 1, isKept: false });
  expect([link.confirmedChange, link.sent]).toEqual([-1, mark(3)]);
  link.cover(mark(4));
  link.advance(mark(5));
  expect([link.confirmedChange, link.sent]).toEqual([-1, mark(5)]);
  // To acknowledge is to keep.
  link.depart(flight(7, mark(6)));
  link.acknowledge(7);
  expect(link.confirmedChange).toBe(6);
  // What it brings while it leaves is not among what it acknowledged before.
  link.depart(flight(8, mark(7)));
  link.meet({ attachment: 1, isKept: false });
  link.advance(mark(9));
  link.acknowledge(8);
  expect(link.confirmedChange).toBe(7);
});

test('whoever is exchanged nothing with confirms nothing', () => {
  const { link } = linkThatHeard();
  link.cover(mark(3));
  link.stop('diverged');
  expect(link.confirmedChange).toBe(-1);
});
