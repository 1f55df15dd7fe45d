/** What the README lists is what there is: nothing is missing, and nothing else stands there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { nodeTexts } from '../src/api-docs/node-texts.ts';
import { dashed } from '../src/cli/command-spec.ts';
import { commands } from '../src/cli/command-table.ts';
import { commonOptions } from '../src/cli/parse-command-line.ts';
import { tools } from '../src/dashboard/cluster/tools/tool-list.ts';
import { screens } from '../src/dashboard/navigation/screens.ts';
import { scenarios } from '../src/scenarios/index.ts';
import type { SupervisorEvent } from '../src/supervisor/supervisor-events.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const sources = readdirSync(new URL('src', root), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`, 'utf8'));

/** The cells of all rows of tables that begin with code. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

describe('the README', () => {
  test('has every option of `up`, with its default', () => {
    const { options } = commands.find(({ name }) => name === 'up')!;
    const all = { ...options, json: commonOptions['json']! };
    const listed = rowsOf(readme.slice(0, readme.indexOf('## On the page')));
    expect(listed.map(([, first]) => first).toSorted()).toEqual(
      Object.entries(all)
        .map(([name, { form }]) => `\`--${dashed(name)}${form ? ` <${form.name}>` : ''}\``)
        .toSorted(),
    );
    for (const [name, { initial }] of Object.entries(all)) {
      const row = listed.find(([, first = '']) => first.startsWith(`\`--${dashed(name)}`));
      if (initial !== undefined)
        expect([name, row?.at(-2)?.replaceAll('`', '')]).toEqual([name, initial]);
    }
  });

  test('has every route of a node', () => {
    const paths = Object.keys(nodeTexts).map((route) => route.split(' ')[1]?.replace('*', ':key'));
    const code = rowsOf(readme).flatMap(([, first = '']) => first.match(/\/[\w/:.-]+/g) ?? []);
    expect([...new Set(paths)].filter((path) => !code.includes(path ?? ''))).toEqual([]);
    expect(code.filter((path) => /^\/(v1|admin)\//.test(path) && !paths.includes(path))).toEqual(
      [],
    );
  });

  test('has every variable of the environment that somebody may set', () => {
    const read = new Set(sources.flatMap((text) => text.match(/QUORATE_[A-Z_]+/g) ?? []));
    // How a supervisor tells its nodes what is wrong with them.
    read.delete('QUORATE_FAULTS');
    const named = new Set(readme.match(/QUORATE_[A-Z_]+/g));
    expect([...named].toSorted()).toEqual([...read].toSorted());
  });

  test('has every event of `--json`', () => {
    const events: Readonly<Record<SupervisorEvent['event'], true>> = {
      ...{ ready: true, started: true, exited: true, killed: true, paused: true, resumed: true },
      ...{ joining: true, leaving: true, left: true, leader: true, partitioned: true, links: true },
      ...{ machine: true, healed: true, load: true, violation: true, log: true, stopping: true },
      ...{ stopped: true, bye: true },
    };
    const text = readme.slice(readme.indexOf('## With `--json`'));
    const missing = Object.keys(events).filter(
      (event) => !new RegExp(`[\`"]${event}[\`"]`).test(text),
    );
    expect(missing).toEqual([]);
  });

  test('has every screen, and every tool by its key', () => {
    for (const { title } of screens) expect(readme).toMatch(new RegExp(`^\\| ${title} +\\|`, 'm'));
    for (const { key } of tools) expect(readme).toContain(`\`${key.toUpperCase()}\` `);
  });

  test('counts stories as they are', () => {
    expect(scenarios.length).toBe(12);
    expect(readme).toContain('twelve stories');
  });

  test('names files that are there', () => {
    const named = readme.match(/(?<![\w/.])(src|test|deploy|bench)\/[\w./-]*\w\/?/g) ?? [];
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });
});
