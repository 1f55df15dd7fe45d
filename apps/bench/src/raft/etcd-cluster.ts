import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { type Client, credentials, loadPackageDefinition, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

import type { Cluster } from './cluster.ts';

interface KvClient extends Client {
  put(request: { key: Uint8Array; value: Uint8Array }, done: Callback<unknown>): void;
  range(
    request: { key: Uint8Array },
    done: Callback<{ kvs: readonly { value: Uint8Array }[] }>,
  ): void;
}

interface MaintenanceClient extends Client {
  status(request: object, done: Callback<{ header: { member_id: string }; leader: string }>): void;
}

type Callback<Reply> = (error: ServiceError | null, reply: Reply) => void;
type ClientClass<Service> = new (address: string, security: unknown) => Service;

interface EtcdPackage {
  readonly KV: ClientClass<KvClient>;
  readonly Maintenance: ClientClass<MaintenanceClient>;
}

/**
 * Starts three etcd members with their defaults on loopback and connects one client to the leader,
 * which is where etcd is fastest.
 *
 * @throws Error if there is no `etcd` on this machine (Debian: etcd-server).
 */
export async function startEtcdCluster(parentDirectory: string): Promise<Cluster> {
  const directory = await mkdtemp(join(parentDirectory, 'etcd-'));
  const ports = await freePorts(6);
  const members = [0, 1, 2].map((index) => ({
    name: `m${String(index)}`,
    clientUrl: `http://127.0.0.1:${String(ports[index])}`,
    peerUrl: `http://127.0.0.1:${String(ports[index + 3])}`,
  }));
  const initialCluster = members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  const processes: ChildProcess[] = [];
  for (const { name, clientUrl, peerUrl } of members) {
    const child = spawn(
      'etcd',
      [
        ['--name', name],
        ['--data-dir', join(directory, name)],
        ['--listen-client-urls', clientUrl],
        ['--advertise-client-urls', clientUrl],
        ['--listen-peer-urls', peerUrl],
        ['--initial-advertise-peer-urls', peerUrl],
        ['--initial-cluster', initialCluster],
        ['--log-level', 'error'],
      ].flat(),
      { stdio: 'ignore' },
    );
    await once(child, 'spawn');
    processes.push(child);
  }

  const etcd = loadEtcdPackage();
  const leaderUrl = await findLeader(
    etcd,
    members.map(({ clientUrl }) => clientUrl.replace('http://', '')),
  );
  const kv = new etcd.KV(leaderUrl, credentials.createInsecure());
  const get: Cluster['get'] = (key) =>
    new Promise((resolve, reject) => {
      kv.range({ key }, (error, reply) => {
        if (error === null) resolve(reply.kvs[0]?.value ?? new Uint8Array(0));
        else reject(error);
      });
    });
  return {
    get,
    leaseGet: get,
    put: (key, value) =>
      new Promise((resolve, reject) => {
        kv.put({ key, value }, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    stop: async () => {
      kv.close();
      for (const child of processes) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function loadEtcdPackage(): EtcdPackage {
  const definition = loadSync(join(import.meta.dirname, 'etcd-kv.proto'), {
    keepCase: true,
    longs: String,
  });
  const loaded: unknown = loadPackageDefinition(definition)['etcdserverpb'];
  return loaded as EtcdPackage;
}

/** Asks one member after the other until one says that it leads. */
async function findLeader(etcd: EtcdPackage, addresses: readonly string[]): Promise<string> {
  const deadlineMs = performance.now() + 30_000;
  while (performance.now() < deadlineMs) {
    for (const address of addresses) {
      if (await isLeader(etcd, address)) return address;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('etcd elected no leader within 30 s');
}

function isLeader(etcd: EtcdPackage, address: string): Promise<boolean> {
  const maintenance = new etcd.Maintenance(address, credentials.createInsecure());
  return new Promise((resolve) => {
    maintenance.status({}, (error, reply) => {
      maintenance.close();
      resolve(error === null && reply.leader !== '0' && reply.leader === reply.header.member_id);
    });
  });
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
