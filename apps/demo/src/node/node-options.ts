/** What a node is given, and what it gives. */
import type { RaftNodeOptions } from '@quorate/raft';
import type { Disk } from '@quorate/storage';
import type { Clock, NodeId, Random, Transport } from '@quorate/transport';
import type { Hono } from 'hono';

import type { FaultSettings } from '../injected-faults.ts';
import type { QuotaCounter } from '../limits/quota-counter.ts';
import type { MachineFaults } from '../machine-faults.ts';
import type { NodeEvents } from '../observe/node-events.ts';
import type { MetricsSources } from '../observe/node-metrics.ts';
import type { MemoryFigures, NodeStatus, RaftFigures } from '../observe/node-status.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { ConfigService } from './control/config-service.ts';
import type { AddressBook } from './control/roster.ts';

/** What a node runs on. */
export interface NodeOptions {
  /** Owned by the node from now on: closing the node closes it. */
  readonly transport: Transport;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** Wakes those who watch, so that watching is no part of a simulated run. Default `clock`. */
  readonly watchClock?: Clock;
  /** The nodes that found the cluster, this one included; the same on all of them. */
  readonly voters: readonly NodeId[];
  /** Whether there is a cluster already, which is to let this node in. Default: it is a founder. */
  readonly isJoining?: boolean;
  /** Learns where nodes are that join later. Left out where the carrier knows by itself. */
  readonly addressBook?: AddressBook;
  /** How long a client waits for an outcome, in ms. More than 0. Default 3 000. */
  readonly requestTimeoutMs?: number;
  /** Proves the right to inject faults and to change the nodes. Without it nobody has it. */
  readonly adminToken?: string;
  /** Counts what clients ask. Default: the nodes themselves. Closed by the node. */
  readonly quotas?: QuotaCounter;
  /** Whether faults may be injected by whoever has the token. Default: nobody may. */
  readonly allowsFaults?: boolean;
  /** How many nodes hold each board, 1..5, if there are as many. Default 3. */
  readonly replicaCount?: number;
  /** Times its fair share that an owner of boards may have under way, 1..1,000. Default 1.25. */
  readonly loadFactor?: number | undefined;
  /** Told what requests do on their way. Default: nobody is. */
  readonly telemetry?: Telemetry;
  /** Faults that hold from the first message on. Default none. */
  readonly faults?: FaultSettings;
  /** Told what is to be wrong with disk and clock, whenever that changes. */
  readonly onMachineFaults?: (faults: MachineFaults) => void;
  /** Raft's tuning, where it should differ from its defaults. */
  readonly raft?: Pick<RaftNodeOptions, 'tickMs' | 'snapshotEveryEntries' | 'trailingEntryCount'>;
  /** What the process takes. Left out where nodes have none of their own. */
  readonly memory?: () => MemoryFigures;
  /** Gets what an operator should read: damage, a full disk, a failure. */
  readonly onNotice?: (text: string) => void;
  /** Gets what else happens: who leads, who takes part. */
  readonly onNews?: (text: string) => void;
}

/** A running node. */
export interface DemoNode {
  /** Its HTTP API. */
  readonly app: Hono;
  /** What stands behind `/v1/config`. */
  readonly service: ConfigService;
  /** The boards of which this node has a copy. */
  readonly boardIds: () => readonly string[];
  /** All that its copy of a board says, as JSON; undefined if it has none. */
  readonly boardText: (boardId: string) => string | undefined;
  /** What the node tells those who watch it. */
  readonly events: Pick<NodeEvents, 'subscribe'>;
  /** What the node says of itself. */
  readonly status: () => NodeStatus;
  /** Raft's part of that, for those who ask often. */
  readonly raft: () => RaftFigures;
  /** All that it counts. */
  readonly counts: () => MetricsSources;
  /** Closes the log and the transport. Requests under way end as unknown or refused. */
  readonly close: () => Promise<void>;
}
