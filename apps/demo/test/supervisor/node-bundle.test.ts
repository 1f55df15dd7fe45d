import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { bundleNode } from '../../src/supervisor/node-bundle.ts';

const mainFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Of what is loaded when it is asked for, a node asks for these. */
const askedFor = /^(?:run-command-line|node-process|tcp-carrier)-/;

/** The files that a node loads, each with its text. */
function loadedFrom(file: string, directory: string): ReadonlyMap<string, string> {
  const loaded = new Map<string, string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    const text = readFileSync(join(directory, name), 'utf8');
    loaded.set(name, text);
    for (const [, part = ''] of text.matchAll(/(?:from|import) ?"\.\/([\w.-]+)"/g)) load(part);
    for (const [, part = ''] of text.matchAll(/import\("\.\/([\w.-]+)"\)/g)) {
      if (askedFor.test(part)) load(part);
    }
  };
  load(file);
  return loaded;
}

test('a node loads little text, which it keeps, and none of what others do', async () => {
  const { mainFile: bundled, dispose } = await bundleNode(mainFile);
  try {
    const loaded = loadedFrom('main.mjs', dirname(bundled));
    const names = [...loaded.keys()].map((name) => name.replace(/-[A-Z0-9]{8}\.mjs$/, ''));
    expect(names).toEqual(expect.arrayContaining(['run-command-line', 'node-process']));
    const text = [...loaded.values()].join('\n');
    // In memory a character takes a byte, or two if the file has any that Latin-1 lacks.
    expect(text.length).toBeLessThanOrEqual(1_300_000);
    expect(/[^\0-\xff]/.exec(text)).toBe(null);
    expect(names.filter((name) => /supervisor|chaos|redis|nats|websocket/.test(name))).toEqual([]);
  } finally {
    dispose();
  }
}, 60_000);
