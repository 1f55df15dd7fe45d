/** How the process of a node is called, and what it is given. */
import { join } from 'node:path';

import type { ClusterCarrier } from '../carriers/cluster-carrier.ts';
import type { FaultSettings } from '../injected-faults.ts';
import { argumentsOfSettings, type NodeSettings } from '../runtime/node-settings.ts';
import { nodeEnvironment, nodeFlags } from '../runtime/node-flags.ts';

/** A node's name and the ports it listens on. */
export interface NodePlan {
  readonly id: string;
  readonly httpPort: number;
  readonly raftPort: number;
}

/** The same for all nodes of one cluster. */
export interface LaunchOptions {
  readonly host: string;
  readonly clusterId: string;
  readonly dataDirectory: string;
  /** The script that runs a node when called with `node …`. */
  readonly mainFile: string;
  /** What the nodes are told of their carrier. */
  readonly carrier: Pick<ClusterCarrier, 'nodeArguments' | 'nodeEnvironment'>;
  readonly settings: NodeSettings;
  /** A module that each node loads before anything else, as `node --import` does. */
  readonly imported?: string | undefined;
}

/** Arguments after the executable. @param plans - Of all nodes, this one included. */
export function argumentsOf(
  { id, httpPort, raftPort }: NodePlan,
  plans: readonly NodePlan[],
  { host, clusterId, dataDirectory, mainFile, carrier, settings, imported }: LaunchOptions,
): readonly string[] {
  const peers = plans
    .filter((other) => other.id !== id)
    .map((other) => `${other.id}=${host}:${other.raftPort}`);
  return [
    ...nodeFlags,
    ...(imported === undefined ? [] : ['--import', imported]),
    mainFile,
    'node',
    `--id=${id}`,
    `--cluster=${clusterId}`,
    `--listen=${host}:${raftPort}`,
    `--http=${host}:${httpPort}`,
    `--data=${join(dataDirectory, id)}`,
    ...carrier.nodeArguments,
    ...argumentsOfSettings(settings),
    ...(peers.length === 0 ? [] : [`--peers=${peers.join(',')}`]),
  ];
}

/** What a node proves that it belongs to the cluster with, and others that they may command it. */
export interface Secrets {
  readonly adminToken: string;
  readonly peerSecret: string;
}

/** A node that starts during a partition is on its side of it from the first message on. */
export function environmentOf(
  faults: FaultSettings,
  { adminToken, peerSecret }: Secrets,
  { carrier }: Pick<LaunchOptions, 'carrier'>,
): Readonly<Record<string, string | undefined>> {
  return {
    ...process.env,
    ...nodeEnvironment,
    ...carrier.nodeEnvironment,
    NODE_OPTIONS: undefined,
    QUORATE_ADMIN_TOKEN: adminToken,
    QUORATE_PEER_SECRET: peerSecret,
    QUORATE_FAULTS: JSON.stringify(faults),
  };
}
