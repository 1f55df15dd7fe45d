/** The command line as a shell uses it: exit codes, output, and the reach into a demo that runs. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { seededRandom } from '@quorate/transport/system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { commands } from '../src/cli/command-table.ts';
import { helpOf, overview } from '../src/cli/help.ts';
import { commonOptions } from '../src/cli/parse-command-line.ts';
import { parseTrace } from '../src/observe/trace-file.ts';
import { readControlFile } from '../src/supervisor/control-file.ts';
import { RealDemo, runDemo } from './support/real-demo.ts';

describe('without a demo', () => {
  test('unknown flags and commands: what was expected on standard error, exit 2', async () => {
    for (const args of [['--bogus'], ['explode'], ['kill'], ['--nodes', '12']]) {
      const { code, stdout, stderr } = await runDemo(...args);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^demo: .*\nUsage: demo /);
    }
  });

  test('--help: on standard output, exit 0', async () => {
    expect(await runDemo('-h')).toEqual({ code: 0, stdout: overview(commands), stderr: '' });
    const kill = commands.find(({ name }) => name === 'chaos kill')!;
    const { code, stdout } = await runDemo('kill', '--help');
    expect([code, stdout]).toEqual([0, helpOf(kill, commonOptions)]);
  });

  test('a command finds nobody: says so, exit 1', async () => {
    const missing = join(tmpdir(), 'quorate-there-is-no-such-file.json');
    const { code, stderr } = await runDemo('status', '--control', missing);
    expect(code).toBe(1);
    expect(stderr).toContain('no demo is running');
  });
});

describe('with a demo that nobody may break, of which two nodes vote', () => {
  const seed = 7;
  let demo: RealDemo;

  beforeAll(async () => {
    const load = ['--load', '60', '--seed', String(seed)];
    demo = await RealDemo.start(undefined, '--no-chaos', '--voters', '2', ...load);
  });

  afterAll(async () => {
    await demo.dispose();
  });

  test('--no-chaos: the supervisor breaks no nodes, and nodes have no faults', async () => {
    for (const args of [
      ['kill', 'n1'],
      ['partition', 'n1/n2,n3'],
    ]) {
      const { code, stderr } = await demo.run(...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('--no-chaos')]);
    }
    const paths = ['nodes/n1/pause', 'nodes/n1/machine', 'nodes/n1/restart', 'links', 'heal'];
    for (const path of paths) await expect(demo.act(path, {})).rejects.toThrow('--no-chaos');
    expect(await demo.view()).toMatchObject({ isBreakable: false, groups: [], links: [] });
    for (const node of demo.nodes) {
      const faults = { method: 'POST', body: '{"groups":[]}' };
      expect((await demo.administer(node, '/admin/faults', faults)).status).toBe(404);
      const { body } = await demo.ask(node, '/version');
      expect(JSON.parse(body)).toMatchObject({ allowsFaults: false, replicaCount: 3 });
    }
  });

  test('--voters: the others follow the log without a vote, and hold boards', async () => {
    for (const status of await demo.converge()) {
      expect(status.raft.voters.toSorted()).toEqual(['n1', 'n2']);
      expect(status.raft.configuration.learners).toEqual(['n3']);
      expect(status.boards.members.toSorted()).toEqual(['n1', 'n2', 'n3']);
    }
    expect((await runDemo('--nodes', '2', '--voters', '3')).stderr).toContain('--voters');
  });

  test('--seed: the load asks for the same keys in the same order', async () => {
    const random = seededRandom(seed);
    const keys = Array.from({ length: 12 }, () => {
      // Of each request, first what it is, then of which of 200 keys.
      random.float();
      return `load/${random.int(200)}`;
    });
    await demo.until('some load', ({ load }) => load.totals.acknowledgedCount > 12);
    // Reads and writes alternate.
    for (const key of keys.filter((_, index) => index % 2 === 1)) {
      const { status } = await demo.ask(demo.nodes[0]!, `/v1/config/${encodeURIComponent(key)}`);
      expect([key, status]).toEqual([key, 200]);
    }
    expect((await runDemo('--seed', 'x')).code).toBe(2);
  });

  test('a port that is taken: says which, leaves nothing behind', async () => {
    const port = new URL(demo.dashboard).port;
    const folder = mkdtempSync(join(tmpdir(), 'quorate-test-'));
    const { code, stderr } = await runDemo('--port', port, '--data', folder);
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is taken`);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });

    // Two supervisors on the same data would be worse.
    const second = await runDemo('--nodes', '3', '--port', '0', '--data', demo.dataDirectory);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('is in use');
  });
});

describe('with a demo', () => {
  let demo: RealDemo;

  beforeAll(async () => {
    demo = await RealDemo.start(undefined, '--trace', '60s');
  });

  afterAll(async () => {
    await demo.dispose();
  });

  test('the first line says where everything is', async () => {
    const [ready] = demo.events;
    expect(ready).toMatchObject({ event: 'ready', dashboard: demo.dashboard });
    expect(demo.nodes.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3']);
    for (const node of demo.nodes) {
      expect(process.kill(node.pid, 0)).toBe(true);
      expect((await demo.ask(node, '/readyz')).status).toBe(200);
    }
    const page = await demo.client.request({ url: demo.dashboard, timeoutMs: 5_000 });
    expect(page.body).toContain('<title>Corkboard</title>');
    expect(page.body).not.toMatch(/https?:/);
  });

  test('put, get, delete, with conditions', async () => {
    const written = await demo.run('put', 'greeting', 'hello world');
    expect(written.code).toBe(0);
    expect(written.stdout).toMatch(/^greeting is at revision \d+\n$/);
    expect(await demo.run('get', 'greeting')).toMatchObject({ code: 0, stdout: 'hello world\n' });
    const stale = await demo.run('get', 'greeting', '--read', 'stale', '--node', 'n2', '--json');
    const answer = JSON.parse(stale.stdout) as { body: { revision: number } };
    expect(answer).toMatchObject({ status: 200, body: { value: 'hello world' } });

    const late = await demo.run(
      'put',
      'greeting',
      'x',
      '--if-match',
      `${answer.body.revision - 1}`,
    );
    expect(late).toMatchObject({ code: 1, stdout: '' });
    expect(late.stderr).toContain('revision_mismatch');
    expect((await demo.run('delete', 'greeting')).code).toBe(0);
    const gone = await demo.run('get', 'greeting', '--json');
    expect(gone.code).toBe(1);
    expect(JSON.parse(gone.stdout)).toMatchObject({ status: 404, body: { code: 'key_not_found' } });
  });

  test('status, kill, pause, resume, restart', async () => {
    expect((await demo.run('kill', 'n2')).stdout).toMatch(/n2 {2}stopped/);
    expect((await demo.run('kill', 'n2')).stderr).toContain('n2 is already stopped');
    expect((await demo.run('pause', 'n2')).stderr).toContain('n2 is stopped, not running');
    expect((await demo.run('restart', 'n2')).stdout).toMatch(/n2 {2}running/);
    expect((await demo.run('pause', 'n3')).stdout).toMatch(/n3 {2}paused/);
    expect((await demo.run('resume')).stdout).toMatch(/n3 {2}running/);
    expect((await demo.run('kill', 'n9')).stderr).toContain('there is no node n9');
    await demo.converge();
    const { stdout } = await demo.run('status');
    expect(stdout).toMatch(/n\d {2}running .* leader /);
    const events = demo.events.map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['killed', 'exited', 'paused', 'resumed']));
  });

  test('partition and heal: the lonely side refuses, the other goes on', async () => {
    await demo.converge();
    expect((await demo.run('partition', 'n1/n2,n3')).stdout).toContain('partition: n1 | n2,n3');
    await demo.until('n1 alone', ({ nodes, leaderId }) => {
      const [lonely] = nodes;
      return lonely?.status?.raft.leaderId === null && leaderId !== null && leaderId !== 'n1';
    });
    const alone = await demo.run('put', 'cut', '1', '--node', 'n1');
    expect(alone.code).toBe(1);
    expect(alone.stderr).toMatch(/no_leader|outcome_unknown/);
    expect((await demo.run('put', 'cut', '2', '--node', 'n2')).code).toBe(0);

    // A node that starts anew is on its side of the cut from the beginning.
    await demo.run('restart', 'n1');
    const { nodes } = await demo.until('n1 to speak', (view) => view.nodes[0]?.status !== null);
    expect(nodes[0]?.status?.blockedPeers).toEqual(['n2', 'n3']);
    await demo.run('heal');
    await demo.converge();
    expect((await demo.run('get', 'cut', '--node', 'n1')).stdout).toBe('2\n');
  });

  test('a board is made, changed, read, and followed through the death of a node', async () => {
    await demo.converge();
    const made = await demo.run('put', 'board/new', 'Payments\u001B[2J are down');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^board\/b-/) as string });
    const board = made.stdout.trim();
    const texts = ['status: investigating', 'status: resolved'];
    const watching = demo.runUntil(texts, 'watch', board);
    expect((await demo.run('kill', 'n1')).code).toBe(0);
    expect((await demo.run('put', board, 'status=resolved', '--timeout', '30s')).code).toBe(0);
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    expect(stdout).toContain('+ status: resolved\n');
    await demo.run('restart', 'n1');
    const read = await demo.run('get', board, '--consistency', 'quorum', '--json');
    expect(read.stdout).toContain('Payments\\u001b[2J are down');
    expect(JSON.parse(read.stdout)).toMatchObject({ status: 200, body: { status: 'resolved' } });
    expect((await demo.run('put', board, 'colour=red')).code).toBe(2);
    expect((await demo.run('get', 'board/b-none')).stderr).toContain('there is no such board');
  });

  test('what goes wrong with links and machines adds up, and heals', async () => {
    await demo.run('chaos', 'slow', 'n1-n2', '--latency', '5ms');
    const { stdout } = await demo.run('drop', 'n1-n3', '--p', '5%', '--one-way');
    expect(stdout).toContain('links: slow 5..5 ms n1→n2; slow 5..5 ms n2→n1; drop 5 % n1→n3');
    expect((await demo.run('skew', 'n3', '+2s')).stdout).toContain('n3: wall clock +2000 ms');
    expect((await demo.run('chaos', 'slow', 'n1-n9')).stderr).toContain('there is no node n9');
    expect((await demo.run('skew', 'n3', '+0s')).stdout).not.toContain('wall clock');
    expect((await demo.run('heal')).stdout).not.toContain('links:');
  });

  test('load', async () => {
    await demo.run('load', '100');
    const { load } = await demo.until('some load', (view) => view.load.totals.checkedCount > 50);
    expect(load.totals.violationCount).toBe(0);
    expect((await demo.run('load', '0')).code).toBe(0);
  });

  test("only those who know the token may use the supervisor's API, from here", async () => {
    const ask = (headers: Readonly<Record<string, string>>): Promise<{ status: number }> =>
      demo.client.request({
        url: `${demo.dashboard}/api/nodes/n1/kill`,
        method: 'POST',
        headers,
        timeoutMs: 5_000,
      });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: 'Bearer guessed' })).status).toBe(401);
    expect((await ask({ host: 'evil.example' })).status).toBe(401);
    expect((await demo.view()).nodes[0]?.process).toBe('running');
  });

  test('what the API cannot do is refused by name', async () => {
    await expect(demo.act('partition', { groups: [['n1'], ['n9']] })).rejects.toThrow('n9');
    await expect(demo.act('partition', { groups: [['n1']] })).rejects.toThrow('"groups"');
    await expect(demo.act('load', { ratePerSecond: 1e9 })).rejects.toThrow('"ratePerSecond"');
    await expect(demo.act('nodes/n1/explode')).rejects.toThrow('"action"');
    await expect(demo.act('nowhere')).rejects.toThrow('not_found');
  });

  test('the page is told what there was, what there is, and every message', async () => {
    await demo.act('load', { ratePerSecond: 50 });
    const token = readControlFile(join(demo.dataDirectory, 'control.json'))?.token ?? '';
    const response = await fetch(`${demo.dashboard}/api/events?token=${token}`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const seen = new Set<string>();
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks.filter((text) => text.startsWith('data: '))) {
        seen.add((JSON.parse(block.slice('data: '.length)) as { kind: string }).kind);
      }
      if (['history', 'view', 'point', 'messages'].every((kind) => seen.has(kind))) break;
    }
    expect([...seen].slice(0, 2)).toEqual(['history', 'view']);
    await demo.act('load', { ratePerSecond: 0 });
  });

  test('transfer and snapshot, in words and as JSON', async () => {
    const leader = await demo.leader();
    const other = demo.nodes.find(({ id }) => id !== leader.id)?.id ?? '';
    const moved = await demo.run('transfer', other);
    expect(moved).toMatchObject({ code: 0, stdout: `${other} leads\n` });
    const { stdout } = await demo.run('snapshot', other, '--json');
    expect(JSON.parse(stdout)).toHaveProperty('body.lastApplied', expect.any(Number));
  });

  test('check: what the load saw, and a page of it', async () => {
    await demo.act('load', { ratePerSecond: 20 });
    await demo.until('a history', (view) => (view.check?.operationCount ?? 0) > 20);
    await demo.act('load', { ratePerSecond: 0 });
    const page = join(demo.dataDirectory, 'check.html');
    const { code, stdout } = await demo.run('check', '--html', page);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^linearizable: \d+ operations\n$/)]);
    expect(existsSync(page)).toBe(true);
    expect((await demo.run('check', '--model', 'queue')).code).toBe(2);
  });

  test('bench: figures in words, and histograms in a file that add up to them', async () => {
    const file = join(demo.dataDirectory, 'bench.json');
    const bench = ['bench', '--rate', '60', '--duration', '1s', '--mix', 'edit=1,read=1,config=1'];
    const { code, stdout } = await demo.run(...bench, '--hdr', file);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +done +failed .*\nall +\d+ /)]);
    const { rows, begunCount, histograms } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly begunCount: number;
      readonly rows: readonly { readonly operation: string; readonly doneCount: number }[];
      readonly histograms: Readonly<Record<string, readonly (readonly [number, number])[]>>;
    };
    expect(begunCount).toBeGreaterThan(30);
    expect(rows.map(({ operation }) => operation)).toEqual(['all', 'edit', 'read', 'config']);
    for (const { operation, doneCount } of rows) {
      const counts = (histograms[operation] ?? []).map(([, count]) => count);
      expect([operation, counts.reduce((sum, count) => sum + count, 0)]).toEqual([
        operation,
        doneCount,
      ]);
    }
    const nowhere = join(demo.dataDirectory, 'none', 'bench.json');
    expect((await demo.run(...bench, '--hdr', nowhere)).code).toBe(1);
  });

  test('a node is added, and sent away again', async () => {
    const added = await demo.run('nodes', 'add', '--wait', '90s');
    expect([added.code, added.stdout]).toEqual([0, expect.stringMatching(/^n4 {2}running/m)]);
    const gone = await demo.run('nodes', 'remove', 'n4', '--wait', '90s');
    expect(gone.code).toBe(0);
    expect(gone.stdout).not.toContain('n4');
    expect((await demo.run('nodes', 'remove', 'n9')).stderr).toContain('there is no node n9');
  }, 200_000);

  test('trace: as it happens, and the last of it as a file', async () => {
    const filter = ['--filter', 'm.type === "heartbeat" && m.kind === "recv"', '--heartbeats'];
    const leader = await demo.leader();
    const followers = ['n1', 'n2', 'n3'].filter((id) => id !== leader.id);
    const lines = followers.map((id) => `${id} ←`);
    const tail = await demo.runUntil(lines, 'trace', 'tail', ...filter);
    expect(tail.code).toBe(0);
    expect(new Set(tail.stdout.match(/(?<= {2})(heartbeat|\w+Reply)/g))).toEqual(
      new Set(['heartbeat']),
    );
    const { code, stdout } = await demo.run('trace', 'export', '--from', '-30s');
    const { entries, problems } = parseTrace(stdout);
    expect([code, problems]).toEqual([0, []]);
    const nodes = [...new Set(entries.map(({ node }) => node))];
    expect(nodes).toEqual(expect.arrayContaining(['n1', 'n2', 'n3']));
    const late = await demo.run('trace', 'export', '--from', '-5m');
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('as is recorded');
  });

  test('stop ends it in order and says so', async () => {
    const pids = demo.nodes.map(({ pid }) => pid);
    expect((await demo.run('stop')).stdout).toContain('stopping');
    expect(await demo.stop()).toBe(0);
    const last = demo.events.slice(-2).map(({ event }) => event);
    expect(demo.events.map(({ event }) => event)).toContain('stopping');
    expect(last).toEqual(['stopped', 'bye']);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
    expect(existsSync(join(demo.dataDirectory, 'control.json'))).toBe(false);
  });
});
