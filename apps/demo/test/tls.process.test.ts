/** Nodes that know each other by certificates, and what becomes of those without one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { RealDemo } from './support/real-demo.ts';

const isOpensslMissing = spawnSync('openssl', ['version']).status !== 0;
const variable = 'QUORATE_TLS_DIRECTORY';

/** Certificates of n1 to n3 by an authority of their own. */
function makeCertificates(): string {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-tls-'));
  const file = (name: string): string => join(directory, name);
  const make = (name: string, ...more: readonly string[]): void => {
    const { status, stderr } = spawnSync(
      'openssl',
      [
        ...['req', '-x509', '-noenc', '-days', '2', '-newkey', 'ec', '-subj', `/CN=${name}`],
        ...['-pkeyopt', 'ec_paramgen_curve:prime256v1', ...more],
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
  };
  make('ca');
  for (const id of ['n1', 'n2', 'n3']) {
    const by = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')];
    make(id, '-addext', `subjectAltName=DNS:${id}`, ...by);
  }
  return directory;
}

/** How a connection ends: with which error, or just so. */
function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = 'closed';
    socket.on('error', ({ message }) => (text = message));
    socket.on('close', () => resolve(text));
    socket.resume();
  });
}

describe.skipIf(isOpensslMissing)('nodes with certificates', () => {
  let directory = '';
  let demo: RealDemo | undefined;
  beforeAll(() => {
    directory = makeCertificates();
    process.env[variable] = directory;
  });
  afterEach(async () => {
    await demo?.dispose();
    demo = undefined;
  });
  afterAll(() => {
    Reflect.deleteProperty(process.env, variable);
    rmSync(directory, { recursive: true, force: true });
  });

  test('elect, write, and let nobody in who has none', async () => {
    demo = await RealDemo.start();
    const leader = await demo.leader();
    const body = JSON.stringify({ value: 'kept' });
    const written = await demo.ask(leader, '/v1/config/key', { method: 'PUT', body });
    expect(written.status).toBe(201);

    const [host = '', port] = leader.raft.split(':');
    const plain = connectPlain(Number(port), host);
    plain.write('hello');
    const stranger = connectTls({ host, port: Number(port), rejectUnauthorized: false });
    const [gone, refusal] = await Promise.all([endOf(plain), endOf(stranger)]);
    expect(gone).toBe('closed');
    expect(refusal).toContain('certificate required');

    for (const node of demo.nodes) {
      const read = await demo.ask(node, '/v1/config/key');
      expect([read.status, read.body]).toEqual([200, expect.stringContaining('kept')]);
    }
  });
});
