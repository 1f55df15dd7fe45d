import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Waiter, WaitingLine } from '../src/waiting-line.ts';

interface Guest extends Waiter<Guest> {
  readonly name: number;
}

type Step =
  | { readonly kind: 'join' }
  | { readonly kind: 'shift' }
  | { readonly kind: 'leave'; readonly who: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('join') }),
  fc.record({ kind: fc.constant('shift') }),
  fc.record({ kind: fc.constant('leave'), who: fc.nat(30) }),
);

test('serves in the order of an array from which anyone may be taken', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const line = new WaitingLine<Guest>();
      const guests: Guest[] = [];
      let model: Guest[] = [];
      for (const taken of steps) {
        if (taken.kind === 'join') {
          const guest = { name: guests.length, next: undefined, previous: undefined };
          const waiting: Guest = { ...guest, isWaiting: false };
          guests.push(waiting);
          model.push(waiting);
          line.join(waiting);
        } else if (taken.kind === 'shift') {
          expect(line.shift()?.name).toBe(model.shift()?.name);
        } else {
          const guest = guests[taken.who];
          if (guest !== undefined) line.leave(guest);
          model = model.filter((other) => other !== guest);
        }
        expect(line.size).toBe(model.length);
      }
      expect(drained(line)).toEqual(model.map(({ name }) => name));
    }),
  );
});

function drained(line: WaitingLine<Guest>): number[] {
  const names: number[] = [];
  for (let guest = line.shift(); guest !== undefined; guest = line.shift()) names.push(guest.name);
  return names;
}
