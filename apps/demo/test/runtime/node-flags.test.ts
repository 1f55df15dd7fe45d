import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { nodeEnvironment, nodeFlags } from '../../src/runtime/node-flags.ts';

/** Makes garbage and keeps a little, then says how large the young generation is, in bytes. */
const busy = `
  const kept = [];
  for (let at = 0; at < 3e6; at += 1) {
    const made = { at, text: 'x' + at };
    if (at % 100 === 0) kept.push(made);
  }
  const spaces = require('node:v8').getHeapSpaceStatistics();
  console.log(spaces.find(({ space_name: name }) => name === 'new_space').space_size);
`;

test('the young generation of a node stays within 3 MiB, whatever it does', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [...nodeFlags, '-e', busy], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).toBeLessThanOrEqual(3 * 1_024 * 1_024);
});

test('a node in a container is started in the same way', () => {
  const text = readFileSync(new URL('../../deploy/Containerfile', import.meta.url), 'utf8');
  const [, entry = ''] = /^ENTRYPOINT (.*)$/m.exec(text) ?? [];
  const [, environment = ''] = /^ENV (.*MALLOC.*)$/m.exec(text) ?? [];
  const given = Object.entries(nodeEnvironment).map(([name, value]) => `${name}=${value}`);
  expect(environment.split(' ')).toEqual(expect.arrayContaining(given));
  expect(JSON.parse(entry)).toEqual(['node', ...nodeFlags, '/app/main.mjs', 'node']);
});
