import { type NodeId, nodeId } from '@quorate/transport';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { configurationCodec } from '../src/codec/configuration.ts';
import {
  type Configuration,
  configurationOf,
  enterJoint,
  leaveJoint,
  type MembershipChange,
  membersOf,
  simpleChange,
} from '../src/configuration.ts';

const nodes: readonly NodeId[] = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => nodeId(name));

const anyChange: fc.Arbitrary<MembershipChange> = fc.record({
  kind: fc.constantFrom('addVoter', 'addLearner', 'remove'),
  node: fc.constantFrom(...nodes),
});
const anyChanges = fc.array(anyChange, { maxLength: 6 });

/** Any configuration that is not joint and has voters. */
const settled: fc.Arbitrary<Configuration> = fc
  .tuple(fc.subarray([...nodes], { minLength: 1 }), fc.subarray([...nodes]))
  .map(([voters, learners]) => ({
    ...configurationOf(voters),
    learners: learners.filter((learner) => !voters.includes(learner)),
  }));

/** What each node is, one change after the other. */
function rolesAfter(
  { voters, learners }: Configuration,
  changes: readonly MembershipChange[],
): ReadonlyMap<NodeId, 'voter' | 'learner'> {
  const roles = new Map<NodeId, 'voter' | 'learner'>();
  for (const voter of voters) roles.set(voter, 'voter');
  for (const learner of learners) roles.set(learner, 'learner');
  for (const { kind, node } of changes) {
    if (kind === 'remove') roles.delete(node);
    else roles.set(node, kind === 'addVoter' ? 'voter' : 'learner');
  }
  return roles;
}

function withRole(roles: ReadonlyMap<NodeId, string>, role: string): readonly NodeId[] {
  return nodes.filter((node) => roles.get(node) === role);
}

/** Every set of nodes that decides in `configuration`. */
function quorumsOf({ voters, outgoingVoters }: Configuration): readonly (readonly NodeId[])[] {
  const sets = Array.from({ length: 2 ** nodes.length }, (_, bits) =>
    nodes.filter((_node, place) => ((bits >> place) & 1) === 1),
  );
  const decides = (set: readonly NodeId[], half: readonly NodeId[]): boolean =>
    half.length === 0 || 2 * half.filter((node) => set.includes(node)).length > half.length;
  return sets.filter((set) => decides(set, voters) && decides(set, outgoingVoters));
}

/** Whether any two sets that decide, one in each configuration, have a member in common. */
function overlap(left: Configuration, right: Configuration): boolean {
  const rights = quorumsOf(right);
  return quorumsOf(left).every((one) =>
    rights.every((other) => one.some((node) => other.includes(node))),
  );
}

describe('whatever the change', () => {
  test('decisions before and after a simple one share a node', () => {
    fc.assert(
      fc.property(settled, anyChanges, (before, changes) => {
        const result = simpleChange(before, changes);
        if (result.kind === 'changed') expect(overlap(before, result.configuration)).toBe(true);
      }),
    );
  });

  test('decisions before, in and after a joint one share a node with the next', () => {
    fc.assert(
      fc.property(settled, anyChanges, (before, changes) => {
        const joint = enterJoint(before, changes, { autoLeave: true });
        if (joint.kind === 'refused') return;
        const after = leaveJoint(joint.configuration);
        expect(after.kind).toBe('changed');
        if (after.kind === 'refused') return;
        expect(overlap(before, joint.configuration)).toBe(true);
        expect(overlap(joint.configuration, after.configuration)).toBe(true);
      }),
    );
  });

  test('both ways end with the roles that the changes say', () => {
    fc.assert(
      fc.property(settled, anyChanges, (before, changes) => {
        const roles = rolesAfter(before, changes);
        const expected = {
          ...configurationOf(withRole(roles, 'voter')),
          learners: withRole(roles, 'learner'),
        };
        const simple = simpleChange(before, changes);
        if (simple.kind === 'changed') expect(simple.configuration).toEqual(expected);
        const joint = enterJoint(before, changes, { autoLeave: false });
        if (joint.kind === 'refused') {
          expect(expected.voters).toEqual([]);
          return;
        }
        expect(leaveJoint(joint.configuration)).toMatchObject({ configuration: expected });
      }),
    );
  });

  test('what comes of it can be written and read', () => {
    fc.assert(
      fc.property(settled, anyChanges, fc.boolean(), (before, changes, autoLeave) => {
        const joint = enterJoint(before, changes, { autoLeave });
        if (joint.kind === 'refused') return;
        const { configuration } = joint;
        expect(configurationCodec.decode(configurationCodec.encode(configuration))).toEqual(
          configuration,
        );
        expect(membersOf(configuration)).toEqual([...membersOf(configuration)].sort());
      }),
    );
  });
});
