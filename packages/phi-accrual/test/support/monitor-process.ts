/**
 * A node with a heartbeat monitor as a process of its own, over real TCP. Its parent tells it where
 * the others are, and hears of everything that it observes.
 */
import { type NodeId, nodeId } from '@quorate/transport';
import { type TcpAddress, TcpTransport } from '@quorate/transport/tcp';

import { createDetector } from '../../src/create-detector.ts';
import type { MonitorEvent } from '../../src/monitor/events.ts';
import { HeartbeatMonitor } from '../../src/monitor/heartbeat-monitor.ts';

/** What the parent says. */
export interface ParentMessage {
  readonly peers: Readonly<Record<string, TcpAddress>>;
}

/** What the node says. */
export type NodeMessage =
  | { readonly kind: 'listening'; readonly address: TcpAddress }
  | { readonly kind: 'event'; readonly event: MonitorEvent }
  /** Ten times a second. */
  | { readonly kind: 'counts'; readonly sentCount: number; readonly heardCount: number };

const INTERVAL_MS = 100;
const localId = nodeId(process.argv[2] ?? '');
const local = { host: '127.0.0.1', port: 0 };
const transport = await TcpTransport.open({ localId, clusterId: 'test', listen: local });

function tell(message: NodeMessage): void {
  process.send?.(message);
}

process.on('disconnect', () => process.exit(0));
process.on('message', ({ peers }: ParentMessage) => {
  const ids: NodeId[] = Object.keys(peers).map(nodeId);
  for (const id of ids) transport.setPeer(id, peers[id] ?? local);
  const monitor = new HeartbeatMonitor({
    transport,
    peers: ids,
    intervalMs: INTERVAL_MS,
    // Patient enough for a machine that is busy with other things.
    detectorOf: (intervalMs) => createDetector({ intervalMs, acceptablePauseMs: 2_000 }),
    pauseToleranceMs: 500,
    firstWithinMs: 60_000,
    healthScoreMax: 0,
  });
  monitor.subscribe((event) => tell({ kind: 'event', event }));
  setInterval(() => {
    const { sentCount, receipts } = monitor.counters;
    tell({ kind: 'counts', sentCount, heardCount: receipts.learned });
  }, INTERVAL_MS);
});

const { address } = transport;
if (address === undefined) throw new Error('expected a transport that listens');
tell({ kind: 'listening', address });
