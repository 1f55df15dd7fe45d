/** Nodes that know each other by certificates, and what becomes of those without one. */
import { rmSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { isOpensslMissing, makeCertificates } from './support/certificates.ts';
import { RealDemo } from './support/real-demo.ts';

const variable = 'QUORATE_TLS_DIRECTORY';

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
    directory = makeCertificates(['n1', 'n2', 'n3']);
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

  test.each(['tcp', 'websocket'])('over %s elect, write, let nobody else in', async (carrier) => {
    demo = await RealDemo.start(undefined, '--carrier', carrier);
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
