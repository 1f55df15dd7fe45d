import { Hono } from 'hono';
import { expect, test } from 'vitest';

import { commands } from '../../src/cli/command-table.ts';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { settingsOf } from '../../src/cli/setting-options.ts';
import { addVersion } from '../../src/runtime/add-version.ts';
import { logged, nodeLog } from '../../src/runtime/node-log.ts';
import { argumentsOfSettings, defaultSettings } from '../../src/runtime/node-settings.ts';

const other = { allowsFaults: true, fsync: 'batch', logLevel: 'debug', replicaCount: 5 } as const;

test.each([defaultSettings, other])(
  'a node understands its settings as they were: %o',
  (wanted) => {
    const line = 'node --id n1 --listen h:1 --http h:2 --data d'.split(' ');
    const parsed = parseCommandLine(commands, [...line, ...argumentsOfSettings(wanted)]);
    if (parsed.kind !== 'run') throw new Error(parsed.kind);
    const options = parsed.given.options as Parameters<typeof settingsOf>[0] & { chaos: boolean };
    expect(settingsOf(options, options.chaos ? 'allowed' : 'refused')).toEqual(wanted);
  },
);

test('a log tells what is as grave as it is told to, and worse', () => {
  const lines: string[] = [];
  const log = nodeLog('warn', (line) => lines.push(line));
  log('info', 'is leader');
  log('warn', 'the disk is full');
  log('error', 'gone');
  expect(lines).toEqual(['the disk is full', 'error: gone']);
});

test('each request is a line, and what the version says is what was set', async () => {
  const lines: string[] = [];
  const app = new Hono();
  addVersion(app, { settings: other, carrier: { kind: 'tcp' } as never });
  const fetch = logged(
    (request: Request) => app.fetch(request),
    (level, text) => {
      lines.push(`${level}: ${text}`);
    },
  );
  const answer = await fetch(new Request('http://n1/version?x=secret'));
  expect(await answer.json()).toMatchObject({
    fsync: 'batch',
    replicaCount: 5,
    allowsFaults: true,
  });
  expect(lines).toEqual([expect.stringMatching(/^debug: GET \/version 200 \d+\.\d ms$/)]);
});
