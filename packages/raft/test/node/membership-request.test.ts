import { describe, expect, test } from 'vitest';

import { checkMembershipRequest } from '../../src/node/membership-request.ts';
import { a, b } from '../support/lone-node.ts';

describe('a request to change the members', () => {
  test('is taken with one change for each node', () => {
    const changes = [
      { kind: 'addVoter', node: a },
      { kind: 'remove', node: b },
    ] as const;
    expect(() => checkMembershipRequest(changes, { ifConfigurationIndex: 0 })).not.toThrow();
    expect(() => checkMembershipRequest([], {})).not.toThrow();
  });

  test('is refused with two for one node', () => {
    const changes = [
      { kind: 'remove', node: b },
      { kind: 'addVoter', node: a },
      { kind: 'addLearner', node: b },
    ] as const;
    expect(() => checkMembershipRequest(changes, {})).toThrow(
      'changes: expected at most one for each node, got two for b',
    );
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('is refused where the index is %s', (index) => {
    expect(() => checkMembershipRequest([], { ifConfigurationIndex: index })).toThrow(
      'ifConfigurationIndex: expected a safe integer >= 0',
    );
  });
});
