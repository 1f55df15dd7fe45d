import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { afterEach, expect, test, vi } from 'vitest';

import { ChildNode, type ChildExit } from '../../src/supervisor/child-node.ts';

/** A node that says it serves, writes a line, and leaves when told. */
const obedient = `
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ kind }) => kind === 'stop' && process.exit(0));
  console.log('hello');
  process.send({ kind: 'ready' });
`;
const deaf = `setInterval(() => {}, 1000); process.send({ kind: 'ready' });`;

const moduleUrl = new URL('../../src/supervisor/child-node.ts', import.meta.url).href;

let child: ChildNode | undefined;

function create(script: string): { child: ChildNode; exits: ChildExit[]; lines: string[] } {
  const exits: ChildExit[] = [];
  const lines: string[] = [];
  child = new ChildNode({
    id: 'n1',
    args: ['-e', script],
    env: () => process.env,
    onLine: (line) => lines.push(line),
    onExit: (exit) => exits.push(exit),
  });
  return { child, exits, lines };
}

afterEach(async () => {
  await child?.kill();
});

/** Whether the process is there and not a zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('starts, speaks, and stops when told', async () => {
  const { child: node, exits, lines } = create(obedient);
  await node.start();
  expect(node.state).toBe('running');
  expect(node.pid).toBeGreaterThan(0);
  await vi.waitFor(() => expect(lines).toContain('hello'));
  await node.stop();
  expect(node.state).toBe('stopped');
  expect(node.pid).toBeUndefined();
  expect(exits).toEqual([{ code: 0, signal: null, isExpected: true }]);
});

test('a killed node can be started again, one that runs cannot', async () => {
  const { child: node, exits } = create(deaf);
  await node.start();
  await expect(node.start()).rejects.toThrow('n1 is running');
  await node.kill();
  expect(exits).toEqual([{ code: null, signal: 'SIGKILL', isExpected: true }]);
  await node.start();
  expect(node.state).toBe('running');
});

test('a node that ends before it serves says why', async () => {
  const { child: node, exits } = create(`console.error('port taken'); process.exit(3);`);
  await expect(node.start()).rejects.toThrow('n1 ended before it served: port taken');
  expect(exits).toEqual([{ code: 3, signal: null, isExpected: false }]);
});

test.skipIf(process.platform === 'win32')('a paused node stands still until resumed', async () => {
  const { child: node } = create(obedient);
  await node.start();
  const pid = node.pid ?? 0;
  node.pause();
  await vi.waitFor(() => {
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) T /);
  });
  expect(() => node.pause()).toThrow('n1 is paused');
  node.resume();
  expect(() => node.resume()).toThrow('n1 is not paused');
  await node.stop();
  expect(isAlive(pid)).toBe(false);
});

// Why this test? A stopped process does not notice that its supervisor is gone, and would stay for
// ever, holding its ports and its log.
test.skipIf(process.platform !== 'linux')(
  'nodes end with their supervisor, paused or not',
  async () => {
    const script = `
    import { ChildNode } from ${JSON.stringify(moduleUrl)};
    const create = () => new ChildNode({
      id: 'n', args: ['-e', ${JSON.stringify(obedient)}], env: () => process.env,
      onLine: () => {}, onExit: () => {},
    });
    const [running, paused] = [create(), create()];
    await Promise.all([running.start(), paused.start()]);
    paused.pause();
    console.log(JSON.stringify([running.pid, paused.pid]));
    setInterval(() => {}, 1000);
  `;
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [output] = (await once(supervisor.stdout, 'data')) as [Buffer];
    const pids = JSON.parse(output.toString()) as number[];
    expect(pids.map(isAlive)).toEqual([true, true]);
    supervisor.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), 20_000);
  },
);
