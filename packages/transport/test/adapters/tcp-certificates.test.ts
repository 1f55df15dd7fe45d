import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { certificateIdentity, TcpTransport } from '../../src/adapters/tcp.ts';
import type { TcpTls, TcpTransportOptions } from '../../src/adapters/tcp.ts';
import { nodeId } from '../../src/node-id.ts';
import { nextTurn } from '../support/next-turn.ts';
import { opensslIsMissing, TestAuthority } from '../support/test-authority.ts';

const [left, right] = [nodeId('left'), nodeId('right')];
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

async function open(name: string, tls: TcpTls, options: Partial<TcpTransportOptions> = {}) {
  const errors: unknown[] = [];
  const transport = await TcpTransport.open({
    localId: nodeId(name),
    clusterId: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    redialMsMin: 1,
    redialMsMax: 20,
    tls,
    authentication: certificateIdentity(),
    onError: (error) => errors.push(error),
    ...options,
  });
  closers.push(() => transport.close());
  const { port = 0 } = transport.address ?? {};
  const isUp = (): boolean => transport.stats().peers.some((peer) => peer.isUp);
  const lastError = (): string | undefined => transport.stats().peers[0]?.lastError;
  return { transport, errors, isUp, lastError, at: { host: '127.0.0.1', port } };
}

describe.skipIf(opensslIsMissing)('a certificate for each node', () => {
  let authority: TestAuthority;
  let stranger: TestAuthority;
  beforeAll(() => {
    authority = new TestAuthority();
    stranger = new TestAuthority();
  });
  afterAll(() => {
    authority[Symbol.dispose]();
    stranger[Symbol.dispose]();
  });

  test('lets nodes of one authority meet, each checking the other', async () => {
    const other = await open('right', authority.issue('right'));
    const one = await open('left', authority.issue('left'), { peers: { right: other.at } });
    await until(() => one.isUp() && other.isUp());
    expect(one.transport.capabilities).toMatchObject({ authenticated: true, encrypted: true });
  });

  test.each<[who: string, tls: () => TcpTls]>([
    ['has none', () => ({ client: { ca: authority.issue('left').server?.ca } })],
    [
      'has one of another authority',
      () => ({
        client: { ...stranger.issue('left').client, ca: authority.issue('left').server?.ca },
      }),
    ],
  ])('keeps out who %s', async (_who, tls) => {
    const other = await open('right', authority.issue('right'));
    const one = await open('left', tls(), { peers: { right: other.at } });
    await until(() => one.lastError() !== undefined);
    expect(one.isUp() || other.isUp()).toBe(false);
    expect(other.transport.stats().peers).toEqual([]);
  });

  test('keeps a node from a server that has one of another authority', async () => {
    const other = await open('right', stranger.issue('right'));
    const one = await open('left', authority.issue('left'), { peers: { right: other.at } });
    await until(() => one.lastError() !== undefined);
    expect(one.lastError()).toMatch(/certificate/);
    expect(other.transport.stats().peers).toEqual([]);
  });

  test('names the host as well, unless its check is left to that of the id', async () => {
    const other = await open('right', authority.issue('right'));
    const at = { host: 'localhost', port: other.at.port };
    const tls = authority.issue('left');
    const one = await open('left', tls, { peers: { right: at } });
    await until(() => one.lastError() !== undefined);
    expect(one.lastError()).toContain("does not match certificate's altnames");
    await one.transport.close();

    const client = { ...tls.client, checkServerIdentity: () => undefined };
    const again = await open('left', { ...tls, client }, { peers: { right: at } });
    await until(() => again.isUp() && other.isUp());
  });

  test('keeps a node that has one from the id of another, whoever dials', async () => {
    const mallory = await open('left', authority.issue('mallory'));
    const other = await open('right', authority.issue('right'), { peers: { left: mallory.at } });
    await until(() => other.errors.length > 0);
    expect(String(other.errors[0])).toContain('this node refuses it: proof');

    mallory.transport.setPeer(right, other.at);
    await until(() => mallory.errors.length > 0);
    expect(String(mallory.errors[0])).toContain('it refuses this node: proof');
    expect(mallory.isUp() || other.isUp()).toBe(false);
  });

  test('trusts no certificate that TLS was told to let through', async () => {
    const { server, client } = authority.issue('right');
    const lax = { server: { ...server, rejectUnauthorized: false }, client: { ...client } };
    const other = await open('right', lax);
    const { ca } = authority.issue('left').client ?? {};
    const tls = { client: { ...stranger.issue('left').client, ca } };
    const one = await open('left', tls, { peers: { right: other.at } });
    await until(() => one.errors.length > 0);
    expect(String(one.errors[0])).toContain('it refuses this node: proof');
  });

  test('takes any node of the authority for any other where names are not checked', async () => {
    const anybody = { prove: () => new Uint8Array(0), verify: () => true };
    const other = await open('right', authority.issue('right'), { authentication: anybody });
    const one = await open('left', authority.issue('mallory'), {
      authentication: anybody,
      peers: { right: other.at },
    });
    await until(() => one.isUp() && other.isUp());
    expect(other.transport.stats().peers[0]?.peer).toBe(left);
  });
});
