/** What real nodes do with bytes that nobody should send, and with disks that damage or fill up. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { RealDemo } from './support/real-demo.ts';

let demo: RealDemo | undefined;

afterEach(async () => {
  await demo?.dispose();
  demo = undefined;
});

describe("strangers on a node's port", () => {
  const garbage: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ['nothing that makes sense', Uint8Array.from({ length: 4_096 }, (_, index) => index * 37)],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a TLS hello', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, ...new Array<number>(64))],
    ['a length of 4 GB', new Uint8Array(64).fill(0xff)],
  ];

  test('are shown the door, and nobody else notices', async () => {
    demo = await RealDemo.start(undefined, '--load', '100');
    const before = await demo.leader();
    const { raft } = (await demo.status(before)) ?? { raft: undefined };
    for (const node of demo.nodes) {
      const [host, port] = node.raft.split(':');
      for (const [name, bytes] of garbage) {
        const socket = connect(Number(port), host);
        socket.on('error', () => undefined);
        socket.write(bytes);
        const closed = once(socket, 'close').then(() => true);
        const late = new Promise((resolve) => setTimeout(resolve, 10_000, false));
        expect(await Promise.race([closed, late]), `${name} is shut out of ${node.id}`).toBe(true);
      }
    }
    const after = await demo.leader();
    expect(after.id).toBe(before.id);
    expect((await demo.status(after))?.raft.term).toBe(raft?.term);
    expect((await demo.view()).load.totals.violationCount).toBe(0);
    await demo.act('load', { ratePerSecond: 0 });
    await demo.converge();
  });
});

describe('a damaged log', () => {
  test('is named entry by entry, keeps the node from voting, and is repaired', async () => {
    demo = await RealDemo.start();
    const leader = await demo.leader();
    for (let index = 0; index < 200; index += 1) {
      const body = JSON.stringify({ value: `precious-${index}-` });
      const answer = await demo.ask(leader, `/v1/config/kept/${index}`, { method: 'PUT', body });
      expect(answer.status).toBe(201);
    }
    await demo.converge();
    for (const id of ['n1', 'n2', 'n3']) await demo.act(`nodes/${id}/kill`);
    damage(join(demo.dataDirectory, 'n2'), 'precious-100-');

    // Nobody is there to give back what is lost, so it must not be counted on.
    await demo.act('nodes/n2/restart');
    const [, n2] = demo.nodes;
    if (!n2) throw new Error('expected nodes');
    const unready = await demo.ask(n2, '/readyz');
    expect(unready.status).toBe(503);
    expect(unready.body).toMatch(/log entries \d+ are damaged/);
    const refused = await demo.ask(n2, '/v1/config/new', { method: 'PUT', body: '{"value":"1"}' });
    expect(refused.status).toBe(503);

    // Whoever has the entries gives them back, before anybody leads. Then two of three are enough.
    await demo.act('nodes/n1/restart');
    await demo.leader();
    await demo.act('nodes/n3/restart');
    await demo.converge();
    expect((await demo.ask(n2, '/readyz')).status).toBe(200);
    for (const node of demo.nodes) {
      for (let index = 0; index < 200; index += 1) {
        const { body } = await demo.ask(node, `/v1/config/kept/${index}?read=stale`);
        expect(body).toContain(`"precious-${index}-"`);
      }
    }
    const said = demo.events.filter((event) => event.event === 'log').map(({ text }) => text);
    expect(said).toContainEqual(expect.stringMatching(/damaged at entries \d+ \(.*log/));
    expect(said).toContainEqual('the log is whole again');
  });
});

describe('a full disk', () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'quorate-small-'));
  const isMounted =
    process.platform === 'linux' &&
    spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=260m', 'tmpfs', mountPoint]).status === 0;

  afterEach(() => {
    if (isMounted) spawnSync('/bin/umount', ['-l', mountPoint]);
    rmSync(mountPoint, { recursive: true, force: true });
  });

  test.skipIf(!isMounted)('refuses writes as such, serves reads, and recovers', async () => {
    demo = await RealDemo.start(join(mountPoint, 'data'));
    const leader = await demo.leader();
    const ask = (key: string, value: string): Promise<{ status: number; body: string }> => {
      const body = JSON.stringify({ value });
      return (
        demo?.ask(leader, `/v1/config/${key}`, { method: 'PUT', body }) ??
        Promise.reject(new Error())
      );
    };
    expect((await ask('small', '1')).status).toBe(201);
    // The ballast takes what is left; the logs go on until what they have reserved is used up.
    const ballast = join(mountPoint, 'ballast');
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M']);
    let answer = await ask('large', 'x'.repeat(60_000));
    for (let count = 0; count < 3_000 && answer.status < 300; count += 1) {
      answer = await ask('large', 'x'.repeat(60_000));
    }
    // The one under way when the disk filled up is unknown; those after it are refused.
    answer = await ask('large', 'x');
    expect(answer.status).toBe(507);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'disk_full', indefinite: false });
    for (const read of ['stale', 'index']) {
      const value = await demo.ask(leader, `/v1/config/small?read=${read}`);
      expect(value.body).toContain('"value":"1"');
    }

    rmSync(ballast);
    await demo.converge(60_000);
    expect((await ask('small', '2')).status).toBe(200);
  });
});

/** Flips one bit where `text` stands in the log. */
function damage(directory: string, text: string): void {
  const folder = join(directory, 'raft', 'log');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const at = bytes.indexOf(text);
    if (at < 0) continue;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x04, at);
    writeFileSync(path, bytes);
    return;
  }
  throw new Error(`expected ${text} in ${folder}`);
}
