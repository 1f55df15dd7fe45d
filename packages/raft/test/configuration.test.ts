import { describe, expect, test } from 'vitest';

import {
  configurationOf,
  type ConfigurationResult,
  emptyConfiguration,
  enterJoint,
  isJoint,
  isVoter,
  leaveJoint,
  membersOf,
  simpleChange,
} from '../src/configuration.ts';
import { a, b, c, d, e } from './support/lone-node.ts';

const abc = configurationOf([c, a, b]);

function changed(result: ConfigurationResult): ReturnType<typeof configurationOf> {
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.configuration;
}

describe('one voter at a time', () => {
  test('adds, removes, demotes and promotes one', () => {
    expect(changed(simpleChange(abc, [{ kind: 'addVoter', node: d }])).voters).toEqual([
      a,
      b,
      c,
      d,
    ]);
    expect(changed(simpleChange(abc, [{ kind: 'remove', node: a }])).voters).toEqual([b, c]);
    const demoted = changed(simpleChange(abc, [{ kind: 'addLearner', node: b }]));
    expect(demoted).toMatchObject({ voters: [a, c], learners: [b] });
    const promoted = changed(simpleChange(demoted, [{ kind: 'addVoter', node: b }]));
    expect(promoted).toEqual(abc);
  });

  test('adds and removes any number of learners', () => {
    const learners = [d, e].map((node) => ({ kind: 'addLearner', node }) as const);
    const learning = changed(simpleChange(abc, learners));
    expect(learning).toMatchObject({ voters: [a, b, c], learners: [d, e] });
    const removals = [d, e].map((node) => ({ kind: 'remove', node }) as const);
    expect(changed(simpleChange(learning, removals))).toEqual(abc);
  });

  test.each([
    ['moreThanOneVoter', [d, e].map((node) => ({ kind: 'addVoter', node }) as const)],
    ['moreThanOneVoter', [a, b].map((node) => ({ kind: 'remove', node }) as const)],
    [
      'moreThanOneVoter',
      [
        { kind: 'addVoter', node: d },
        { kind: 'remove', node: a },
      ] as const,
    ],
    ['removesAllVoters', [a, b, c].map((node) => ({ kind: 'addLearner', node }) as const)],
  ] as const)('refuses what needs more: %s', (reason, changes) => {
    expect(simpleChange(abc, changes)).toEqual({ kind: 'refused', reason });
  });
});

describe('a joint configuration', () => {
  const joint = changed(
    enterJoint(
      abc,
      [
        { kind: 'addVoter', node: d },
        { kind: 'addVoter', node: e },
        { kind: 'remove', node: a },
        { kind: 'addLearner', node: b },
      ],
      { autoLeave: true },
    ),
  );

  test('holds the old voters and the new ones, and keeps a vote until it is left', () => {
    expect(joint).toEqual({
      voters: [c, d, e],
      outgoingVoters: [a, b, c],
      learners: [],
      nextLearners: [b],
      autoLeave: true,
    });
    expect(isJoint(joint)).toBe(true);
    expect([a, b, c, d, e].every((node) => isVoter(joint, node))).toBe(true);
    expect(membersOf(joint)).toEqual([a, b, c, d, e]);
  });

  test('is left for the new voters, with the demoted ones as learners', () => {
    const left = changed(leaveJoint(joint));
    expect(left).toEqual({ ...emptyConfiguration, voters: [c, d, e], learners: [b] });
    expect(isVoter(left, b)).toBe(false);
  });

  test('takes no further change before it is left', () => {
    const one = [{ kind: 'addVoter', node: a }] as const;
    const refused = { kind: 'refused', reason: 'alreadyJoint' };
    expect(simpleChange(joint, one)).toEqual(refused);
    expect(enterJoint(joint, one, { autoLeave: false })).toEqual(refused);
  });

  test('needs voters to begin with, and to end with', () => {
    const autoLeave = { autoLeave: true };
    const one = [{ kind: 'addVoter', node: a }] as const;
    expect(enterJoint(emptyConfiguration, one, autoLeave)).toMatchObject({ reason: 'noVoters' });
    const all = [a, b, c].map((node) => ({ kind: 'remove', node }) as const);
    expect(enterJoint(abc, all, autoLeave)).toMatchObject({ reason: 'removesAllVoters' });
    expect(leaveJoint(abc)).toEqual({ kind: 'refused', reason: 'notJoint' });
  });
});
