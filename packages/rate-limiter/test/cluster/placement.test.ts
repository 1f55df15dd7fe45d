import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { rendezvousPlacement } from '../../src/cluster/placement.ts';

const members = ['a', 'b', 'c', 'd', 'e'].map(nodeId);
const keys = Array.from({ length: 10_000 }, (_, index) => `user ${index}`);

describe('rendezvous hashing', () => {
  test('gives each member about as many keys as any other', () => {
    const placement = rendezvousPlacement(members);
    const counts = new Map(members.map((member) => [member, 0]));
    for (const key of keys) {
      const owner = placement.ownerOf(key);
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    // Five standard deviations of a fair draw are 200.
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  test('comes to the same owner whatever the order of the members', () => {
    const placement = rendezvousPlacement(members);
    const reversed = rendezvousPlacement(members.toReversed());
    expect(keys.map((key) => reversed.ownerOf(key))).toEqual(
      keys.map((key) => placement.ownerOf(key)),
    );
  });

  test('moves the keys of a member that leaves, to all others alike, and no other key', () => {
    const [gone, ...others] = members;
    const before = rendezvousPlacement(members);
    const after = rendezvousPlacement(others);
    const moved = keys.filter((key) => before.ownerOf(key) !== after.ownerOf(key));
    expect(moved.every((key) => before.ownerOf(key) === gone)).toBe(true);
    const counts = others.map((member) => moved.filter((key) => after.ownerOf(key) === member));
    for (const { length } of counts) expect(Math.abs(length - moved.length / 4)).toBeLessThan(120);
  });

  test('places by the salt, too, and never mixes it up with the key', () => {
    const [plain, salted] = [
      rendezvousPlacement(members),
      rendezvousPlacement(members, { salt: 's' }),
    ];
    const same = keys.filter((key) => plain.ownerOf(key) === salted.ownerOf(key));
    expect(same.length).toBeLessThan(keys.length / 3);
    const shifted = keys.filter((key) => plain.ownerOf(`s${key}`) === salted.ownerOf(key));
    expect(shifted.length).toBeLessThan(keys.length / 3);
  });

  test('tells keys apart that differ in a lone surrogate, and bears an empty one', () => {
    const placement = rendezvousPlacement(members);
    expect(members).toContain(placement.ownerOf(''));
    const owners = Array.from({ length: 64 }, (_, index) =>
      placement.ownerOf(String.fromCharCode(0xd800 + index)),
    );
    expect(new Set(owners).size).toBe(members.length);
  });

  test.each([[[]], [[nodeId('a'), nodeId('a')]]])('refuses the members %j', (given) => {
    expect(() => rendezvousPlacement(given)).toThrow('members: expected some, none twice');
  });
});
