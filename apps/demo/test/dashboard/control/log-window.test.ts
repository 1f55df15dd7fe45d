import { describe, expect, test } from 'vitest';

import { cellsOf, logWindow } from '../../../src/dashboard/control/log-window.ts';
import type { RaftFigures } from '../../../src/observe/node-status.ts';
import type { NodeView } from '../../../src/supervisor/cluster-view.ts';
import { nodeView } from '../../support/node-view.ts';

function nodeWith(figures: Partial<RaftFigures> | undefined): NodeView {
  if (figures !== undefined) return nodeView('n1', { figures });
  return nodeView('n1', { process: 'stopped', status: null });
}

describe('the window of the logs', () => {
  test('of empty logs starts at the first entry', () => {
    expect(logWindow([nodeWith({})])).toEqual({ first: 1, last: 0, step: 1 });
    expect(logWindow([])).toEqual({ first: 1, last: 0, step: 1 });
  });

  test('shows the end of long logs, one entry a cell', () => {
    const node = nodeWith({ lastLogIndex: 1_000, durableIndex: 1_000, commitIndex: 998 });
    expect(logWindow([node])).toEqual({ first: 953, last: 1_000, step: 1 });
  });

  test('is wide enough for the node that is furthest behind', () => {
    const ahead = nodeWith({ lastLogIndex: 1_000, durableIndex: 1_000, commitIndex: 1_000 });
    const behind = nodeWith({ lastLogIndex: 600, durableIndex: 600, commitIndex: 600 });
    const window = logWindow([ahead, behind]);
    expect(window.step).toBe(16);
    expect(window.first).toBeLessThan(600);
  });
});

describe('the cells of a log', () => {
  test('say what is known of each entry', () => {
    const node = nodeWith({
      firstLogIndex: 3,
      commitIndex: 5,
      durableIndex: 6,
      lastLogIndex: 7,
      damaged: [{ logIndex: 4, path: '', offset: 0, reason: '' }],
    });
    expect(cellsOf(node, logWindow([node])).slice(0, 9)).toEqual([
      'forgotten',
      'forgotten',
      'committed',
      'damaged',
      'committed',
      'durable',
      'volatile',
      'absent',
      'absent',
    ]);
  });

  test('are empty for a node that does not answer', () => {
    const gone = nodeWith(undefined);
    expect(new Set(cellsOf(gone, logWindow([gone])))).toEqual(new Set(['absent']));
  });
});
