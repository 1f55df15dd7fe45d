/**
 * Goal: nothing below `/admin` is told or done without the right to it, whichever route it is.
 * Method: the routes are those that the router has, so that none can be forgotten.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { NodeId } from '@quorate/transport';
import { beforeAll, describe, expect, test } from 'vitest';

import { routesOf } from '../../src/api-docs/openapi.ts';
import { type Answer, SimulatedCluster } from '../support/simulated-cluster.ts';

const adminToken = 'of the supervisor';
const keys = [
  { name: 'ann', role: 'admin' },
  { name: 'bob', role: 'client' },
].map((key) => ({ ...key, sha256: bytesToHex(sha256(utf8ToBytes(`key of ${key.name}`))) }));
let cluster: SimulatedCluster;
let id: NodeId;

async function start(tuning: { readonly adminToken?: string }): Promise<void> {
  cluster = new SimulatedCluster({ tuning: { ...tuning, allowsFaults: true } });
  id = await cluster.elect();
}

function ask(route: string, bearer?: string): Promise<Answer> {
  const [method = '', path = ''] = route.replace(':id', 'b-1').split(' ');
  const proof = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { 'content-type': 'application/json', ...proof };
  const body = method === 'POST' ? { body: '{}' } : {};
  return cluster.request(id, path, { method, headers, ...body });
}

function adminRoutes(): readonly string[] {
  return routesOf(cluster.node(id).app).filter((route) => route.includes(' /admin/'));
}

/** What a node would have let happen. */
function state(): unknown {
  const { raft, store, blockedPeers, members } = cluster.node(id).status();
  const { term, leaderId, firstLogIndex } = raft;
  return { term, leaderId, firstLogIndex, digest: store.digest, blockedPeers, members };
}

describe('every route below /admin', () => {
  beforeAll(() => start({ adminToken }));

  test('is found by this test', () => {
    const methods = adminRoutes().map((route) => route.split(' ')[0]);
    expect(methods.filter((method) => method === 'GET').length).toBeGreaterThanOrEqual(8);
    expect(methods).toEqual(expect.arrayContaining(['POST', 'DELETE']));
  });

  test('refuses those without a token, or with another one, and does nothing', async () => {
    const before = state();
    for (const route of adminRoutes()) {
      for (const bearer of [undefined, '', 'guessed', 'undefined', `${adminToken} `.repeat(2)]) {
        const { status, document } = await ask(route, bearer);
        expect([route, status, document]).toMatchObject([route, 401, { code: 'unauthorized' }]);
      }
    }
    expect(state()).toEqual(before);
  });

  test('is one, whether it is there or not', async () => {
    for (const path of ['GET /admin/', 'GET /admin/none', 'DELETE /admin/raft']) {
      expect([path, (await ask(path)).status]).toEqual([path, 401]);
    }
    expect((await ask('GET /admin/none', adminToken)).status).toBe(404);
  });

  test('refuses nobody with the token', async () => {
    const reading = adminRoutes().filter((route) => /^GET .*(?<!events|trace)$/.test(route));
    for (const route of reading) {
      expect([route, (await ask(route, adminToken)).status]).not.toEqual([route, 401]);
    }
  });
});

test('what probes ask needs no token', async () => {
  await start({ adminToken });
  for (const path of ['/healthz', '/readyz']) {
    expect([path, (await ask(`GET ${path}`)).status]).toEqual([path, 200]);
  }
});

test('a node without a token answers nobody below /admin', async () => {
  await start({});
  for (const route of adminRoutes()) {
    expect([route, (await ask(route, 'undefined')).status]).toEqual([route, 401]);
  }
});

test('of those with an API key, admins are let in, but for faults', async () => {
  await start({ adminToken });
  expect((await cluster.put(id, 'cluster/api-keys', JSON.stringify(keys))).status).toBe(201);
  await cluster.simulation.run(500);
  expect((await ask('GET /admin/raft', 'key of ann')).status).toBe(200);
  expect((await ask('GET /admin/raft', 'key of bob')).status).toBe(401);
  expect((await ask('POST /admin/faults', 'key of ann')).status).toBe(401);
});
