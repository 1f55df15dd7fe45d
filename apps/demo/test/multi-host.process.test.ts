/** Nodes on hosts of their own, as near as one machine comes to that: network namespaces. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { bundleNode } from '../src/supervisor/node-bundle.ts';
import { areNamespacesPossible, Hosts } from './support/namespaces.ts';

const isImpossible = !areNamespacesPossible();
if (isImpossible) console.warn('no network namespaces here: the test of several hosts is skipped');
const mainFile = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(4_000) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 40_000;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(isImpossible)('three hosts', () => {
  test('form a cluster, lose one, go on, are one again', { timeout: 180_000 }, async () => {
    using hosts = new Hosts(3);
    const directory = mkdtempSync(join(tmpdir(), 'quorate-hosts-'));
    const bundle = await bundleNode(mainFile);
    const peers = hosts.names.map((_, index) => `n${index + 1}=${hosts.addressOf(index)}:5000`);
    const apis = hosts.names.map((_, index) => `http://${hosts.addressOf(index)}:4000`);
    const nodes = hosts.names.map((_, index): ChildProcess => {
      const [command = '', ...args] = hosts.commandOn(index, [
        ...[process.execPath, bundle.mainFile, 'node', `--id=n${index + 1}`],
        ...['--cluster=hosts', `--listen=${hosts.addressOf(index)}:5000`],
        `--http=${hosts.addressOf(index)}:4000`,
        // The same list for all of them: it names the node itself, too.
        ...[`--data=${join(directory, `n${index + 1}`)}`, `--peers=${peers.join(',')}`],
      ]);
      return spawn(command, args, { stdio: 'ignore' });
    });
    try {
      const post = (api: string, path: string, key: string, body: unknown): Promise<Answer> =>
        ask(`${api}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify(body),
        });
      for (const api of apis) {
        await until(`${api} is ready`, async () => (await ask(`${api}/readyz`)).status === 200);
      }
      const [first = '', second = '', third = ''] = apis;
      let path = '/v1/boards/';
      await until('a board', async () => {
        const made = await post(first, '/v1/boards', 'made', { title: 'Three hosts' });
        // A second try of the same request finds what the first one made.
        if (made.status !== 201 && made.status !== 200) return false;
        path += (JSON.parse(made.text) as { id: string }).id;
        return true;
      });

      hosts.setCable(2, 'down');
      const operations = [{ kind: 'addAffected', amount: 5 }];
      await until('an edit without the third host', async () => {
        const edited = await post(second, `${path}/ops`, 'edit', { operations });
        return edited.status === 202;
      });
      expect((await ask(`${third}${path}`)).status).toBe(0);

      hosts.setCable(2, 'up');
      await until('the third host has the edit', async () => {
        const { text } = await ask(`${third}${path}`);
        return text.includes('"affected":5');
      });
    } finally {
      for (const node of nodes) node.kill('SIGKILL');
      const ending = nodes.filter(({ exitCode }) => exitCode === null);
      await Promise.all(ending.map((node) => once(node, 'exit')));
      bundle.dispose();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
