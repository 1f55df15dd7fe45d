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

/** Two people who knew 1,000 characters and made 30,000 edits each; then one edit on all of it. */
function merge(habit: Habit, turn: number): { replica: TextReplica; length: number } {
  const replica = new TextReplica();
  replica.apply({ agent: 'origin', parents: [], seqStart: 0, ops: [[0, 0, 'y'.repeat(1000)]] });
  const people = [
    { agent: 'ann', latest: 999, length: 1000, step: 0 },
    { agent: 'bob', latest: 999, length: 1000, step: 0 },
  ];
  let who = 0;
  while (people.some(({ step }) => step < 30_000)) {
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
    for (const turn of [1, 30_000]) {
      const { replica, length } = merge(habit, turn);
      expect(Math.abs(replica.text.length - length)).toBeLessThan(3000);
    }
  });
});
