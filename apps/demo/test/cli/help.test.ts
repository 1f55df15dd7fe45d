import { readFileSync, writeFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { dashed } from '../../src/cli/command-spec.ts';
import { commands } from '../../src/cli/command-table.ts';
import { helpOf, overview } from '../../src/cli/help.ts';
import { commonOptions } from '../../src/cli/parse-command-line.ts';

const texts = new Map(commands.map((command) => [command, helpOf(command, commonOptions)]));

test.each(commands)('$name: examples first, then every option', (command) => {
  const help = texts.get(command)!;
  const [line = ''] = command.examples[0] ?? [];
  expect(help.indexOf(`demo ${line}`.trim())).toBeGreaterThan(-1);
  expect(help.indexOf(`  demo ${line}`.trim())).toBeLessThan(help.indexOf('Options:'));
  for (const name of Object.keys({ ...command.options, ...commonOptions })) {
    expect(help).toContain(`  --${dashed(name)}`);
  }
  expect(help.split('\n').filter((text) => text.length > 100)).toEqual([]);
});

test('the overview names every command', () => {
  const text = overview(commands);
  for (const { name, summary } of commands) {
    expect(text).toContain(`demo ${name}`);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(summary);
  }
  expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

// `UPDATE=1 vitest run … help.test.ts` writes it.
test('the README has the overview', () => {
  const file = new URL('../../README.md', import.meta.url);
  const readme = readFileSync(file, 'utf8');
  const lines = overview(commands).trim().split('\n');
  const block = lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
  const fresh = readme.replace(/^ {4}demo \[command\][^]*?(?=\n\n\S)/m, () => block);
  if (process.env['UPDATE'] !== undefined) writeFileSync(file, fresh);
  else expect(readme).toBe(fresh);
});
