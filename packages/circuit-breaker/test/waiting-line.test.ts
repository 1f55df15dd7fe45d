import { expect, test } from 'vitest';

import { type Waiter, WaitingLine } from '../src/waiting-line.ts';

interface Guest extends Waiter<Guest> {
  readonly name: string;
}

function guest(name: string): Guest {
  return { name, next: undefined, previous: undefined, isWaiting: false };
}

test('the first to come is the first to go, unless it has left', () => {
  const line = new WaitingLine<Guest>();
  const [ann, ben, cem] = [guest('ann'), guest('ben'), guest('cem')];
  for (const one of [ann, ben, cem]) line.join(one);
  line.leave(ann);
  line.leave(ann);
  expect(line.size).toBe(2);
  expect([line.shift()?.name, line.shift()?.name, line.shift()]).toEqual(['ben', 'cem', undefined]);
});

test('who has left keeps nobody else alive', () => {
  const line = new WaitingLine<Guest>();
  const [ann, ben] = [guest('ann'), guest('ben')];
  line.join(ann);
  line.join(ben);
  line.leave(ann);
  expect([ann.next, ann.isWaiting, ben.previous]).toEqual([undefined, false, undefined]);
});
