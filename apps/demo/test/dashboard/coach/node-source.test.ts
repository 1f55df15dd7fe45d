import { expect, test } from 'vitest';

import { nodeSourceScript } from '../../../src/supervisor/node-source.ts';

test('the script holds the source of the node, with the function that the page points at', () => {
  const script = nodeSourceScript();
  const text: unknown = JSON.parse(script.slice(script.indexOf('=') + 1, -1));
  const lines = String(text).split('\n');
  const first = lines.findIndex((line) => line.startsWith('export async function createNode('));
  expect(first).toBeGreaterThan(0);
  expect(lines.indexOf('}', first)).toBeGreaterThan(first + 20);
});
