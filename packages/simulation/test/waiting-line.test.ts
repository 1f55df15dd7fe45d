import { expect, test } from 'vitest';

import { Scheduler, type SimulatedEvent } from '../src/scheduler.ts';
import { WaitingLine } from '../src/waiting-line.ts';

/** A line, and events that pass it and write down who passed when. */
class Gate {
  readonly scheduler: Scheduler = new Scheduler();
  readonly line: WaitingLine = new WaitingLine(this.scheduler, 0);
  readonly passed: string[] = [];

  /** An event that comes at `atUs`. */
  expectAt(atUs: number, name: string): void {
    const event: SimulatedEvent = {
      fire: () => {
        if (!this.line.admits(event)) return false;
        this.passed.push(`${name} ${this.scheduler.nowUs}`);
        return true;
      },
    };
    this.scheduler.plan(atUs, event);
  }

  runUntil(endUs: number): void {
    for (let event = this.scheduler.advance(endUs); event !== undefined;) {
      event.fire();
      event = this.scheduler.advance(endUs);
    }
  }
}

test('a free line lets everyone pass at once', () => {
  const gate = new Gate();
  for (const name of ['a', 'b', 'c']) gate.expectAt(5, name);
  gate.runUntil(10);
  expect(gate.passed).toEqual(['a 5', 'b 5', 'c 5']);
});

test('a line that is shut keeps everyone, and lets them go in order', () => {
  const gate = new Gate();
  gate.line.shut();
  gate.expectAt(1, 'a');
  gate.expectAt(2, 'b');
  gate.runUntil(10);
  expect([gate.passed, gate.line.length, gate.line.isShut]).toEqual([[], 2, true]);
  gate.line.open();
  gate.runUntil(20);
  expect([gate.passed, gate.line.length]).toEqual([['a 10', 'b 10'], 0]);
});

test('who comes at the instant at which it opens stands behind those who wait', () => {
  const gate = new Gate();
  gate.line.shut();
  gate.expectAt(1, 'a');
  gate.expectAt(2, 'b');
  gate.runUntil(5);
  // In the queue of events before the turns of those who wait.
  gate.expectAt(5, 'c');
  gate.line.open();
  gate.runUntil(5);
  expect(gate.passed).toEqual(['a 5', 'b 5', 'c 5']);
});

test('a slow line takes its time for each, and no time while nobody comes', () => {
  const gate = new Gate();
  gate.line.slowDown(10);
  for (const name of ['a', 'b', 'c']) gate.expectAt(1, name);
  gate.expectAt(15, 'd');
  gate.expectAt(100, 'e');
  gate.expectAt(105, 'f');
  gate.runUntil(200);
  expect(gate.passed).toEqual(['a 1', 'b 11', 'c 21', 'd 31', 'e 100', 'f 110']);
});

test('a line that is slow no more lets those who wait pass at once', () => {
  const gate = new Gate();
  gate.line.slowDown(1_000);
  for (const name of ['a', 'b', 'c']) gate.expectAt(1, name);
  gate.runUntil(10);
  gate.line.slowDown(0);
  gate.runUntil(10);
  expect(gate.passed).toEqual(['a 1', 'b 10', 'c 10']);
});

test('what opens while it is slow goes on one by one', () => {
  const gate = new Gate();
  gate.line.slowDown(10);
  gate.line.shut();
  for (const name of ['a', 'b']) gate.expectAt(1, name);
  gate.runUntil(50);
  gate.line.open();
  gate.runUntil(100);
  expect(gate.passed).toEqual(['a 50', 'b 60']);
});

test('one that gives up when it is its turn costs no time', () => {
  const gate = new Gate();
  gate.line.slowDown(10);
  gate.expectAt(1, 'a');
  let isCancelled = false;
  const event: SimulatedEvent = {
    fire: () => !isCancelled && gate.line.admits(event),
  };
  gate.scheduler.plan(2, event);
  gate.expectAt(3, 'b');
  gate.runUntil(4);
  isCancelled = true;
  gate.runUntil(100);
  expect(gate.passed).toEqual(['a 1', 'b 11']);
});

test('whoever is sent away does not pass', () => {
  const gate = new Gate();
  gate.line.slowDown(10);
  for (const name of ['a', 'b', 'c']) gate.expectAt(1, name);
  gate.runUntil(2);
  expect(gate.line.disband()).toHaveLength(2);
  gate.runUntil(100);
  expect(gate.passed).toEqual(['a 1']);
});
