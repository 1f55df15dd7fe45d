import { describe, expect, it } from 'vitest';
import { type Patch, TextReplica } from '../support/raw-history.ts';

type Habit = (step: number, length: number) => Patch;

const habits: Readonly<Record<string, Habit>> = {
  'prepend one by one': () => [0, 0, 'x'],
  'append one by one': (_, length) => [length, 0, 'x'],
  'type words in many places': (step, length) => [
    Math.min(length, ((step >> 4) * 7919) % 900) + (step & 15),
    0,
    'x',
  ],
  'insert and delete everywhere': (step, length) =>
    step % 3 === 2 ? [(step * 7919) % length, 1, ''] : [(step * 104_729) % (length + 1), 0, 'x'],
};

/** Two people who knew 1,000 characters and made 20,000 edits each; then one edit on all of it. */
function merge(habit: Habit, turn: number): { replica: TextReplica; length: number } {
  const replica = new TextReplica();
  replica.apply({ agent: 'origin', parents: [], seqStart: 0, ops: [[0, 0, 'y'.repeat(1000)]] });
  const people = [
    { agent: 'ann', latest: 999, length: 1000, step: 0 },
    { agent: 'bob', latest: 999, length: 1000, step: 0 },
  ];
  let who = 0;
  while (people.some(({ step }) => step < 20_000)) {
    const person = people[who]!;
    who = 1 - who;
    for (let at = 0; at < turn; at += 1) {
      const patch = habit(person.step, person.length);
      const [, deleteCount, text] = patch;
      replica.apply({ ...person, parents: [person.latest], seqStart: 0, ops: [patch] });
      person.latest = replica.graph.eventCount - 1;
      person.length += text.length - deleteCount;
      person.step += 1;
    }
  }
  return { replica, length: people[0]!.length + people[1]!.length - 1000 };
}

describe('two long branches', () => {
  // Why this test? What walks over all that the other one did, at each event, needs minutes here
  // and runs into the time limit of the test; the numbers of events are what counts.
  it.each(Object.entries(habits))('merge in either way: both %s', (_, habit) => {
    for (const turn of [1, 20_000]) {
      const { replica, length } = merge(habit, turn);
      expect(Math.abs(replica.text.length - length)).toBeLessThan(3000);
    }
  });

  // Why this test? Each author has a prepared version of its own, but not if they are too many.
  it.each([
    [7, 3000],
    [40, 60],
  ])('merge if there are %d, whose characters arrive in turns', (count, stepCount) => {
    const letters = Array.from({ length: count }, (_, who) => String.fromCharCode(0x100 + who));
    const replica = new TextReplica();
    const origin = letters.join('');
    replica.apply({ agent: 'origin', parents: [], seqStart: 0, ops: [[0, 0, origin]] });
    const latest = new Array<number>(count).fill(count - 1);
    for (let step = 0; step < stepCount; step += 1) {
      for (const [who, parent] of latest.entries()) {
        const agent = `person ${who}`;
        const ops: Patch[] = [[who + 1 + step, 0, letters[who] ?? '']];
        replica.apply({ agent, parents: [parent], seqStart: 0, ops });
        latest[who] = replica.graph.eventCount - 1;
      }
    }
    const expected = letters.map((letter) => letter.repeat(stepCount + 1)).join('');
    expect(replica.text.toString() === expected).toBe(true);
  });

  // Why this test? Each time all is merged, what is behind that is let go of; and each time it was
  // needed once more.
  it('merge if one only sends, and others merge that and go on', () => {
    const replica = new TextReplica();
    const add = (agent: string, parents: number[], position: number): number => {
      replica.apply({ agent, parents, seqStart: 0, ops: [[position, 0, agent]] });
      return replica.graph.eventCount - 1;
    };
    let merged = add('a', [], 0);
    let sent = merged;
    for (let step = 0; step < 10_000; step += 1) {
      sent = add('c', [sent], 0);
      merged = add('a', [merged, sent], replica.text.length);
      merged = add('a', [add('a', [merged], 1 + step), add('b', [merged], 1 + step)], 1 + step);
    }
    expect(replica.text.length).toBe(50_001);
    expect(replica.text.toString().startsWith('c'.repeat(10_000))).toBe(true);
  });

  it('merge if there are thousands, who all typed in one place', () => {
    const numbers = Array.from({ length: 4000 }, (_, at) => (at * 1237) % 4000);
    const replica = new TextReplica();
    replica.apply({ agent: 'origin', parents: [], seqStart: 0, ops: [[0, 0, '<>']] });
    for (const number of numbers) {
      const agent = String(number).padStart(4, '0');
      replica.apply({ agent, parents: [1], seqStart: 0, ops: [[1, 0, agent]] });
    }
    const sorted = numbers.sort((left, right) => left - right);
    const expected = sorted.map((number) => String(number).padStart(4, '0')).join('');
    expect(replica.text.toString() === `<${expected}>`).toBe(true);
  });
});
