/** All commands; the first is what is done if none is named. */
import type { Command } from './command-spec.ts';
import { bench } from './commands/bench.ts';
import { chaos } from './commands/chaos.ts';
import { check } from './commands/check.ts';
import { remove } from './commands/delete.ts';
import { disk } from './commands/disk.ts';
import { doctor } from './commands/doctor.ts';
import { drop } from './commands/drop.ts';
import { duplicate } from './commands/duplicate.ts';
import { get } from './commands/get.ts';
import { heal } from './commands/heal.ts';
import { kill } from './commands/kill.ts';
import { load } from './commands/load.ts';
import { node } from './commands/node.ts';
import { nodesAdd } from './commands/nodes-add.ts';
import { nodesRemove } from './commands/nodes-remove.ts';
import { partition } from './commands/partition.ts';
import { pause } from './commands/pause.ts';
import { play } from './commands/play.ts';
import { put } from './commands/put.ts';
import { restart } from './commands/restart.ts';
import { resume } from './commands/resume.ts';
import { replay } from './commands/replay.ts';
import { scenario } from './commands/scenario.ts';
import { sim } from './commands/sim.ts';
import { snapshot } from './commands/snapshot.ts';
import { skew } from './commands/skew.ts';
import { slow } from './commands/slow.ts';
import { status } from './commands/status.ts';
import { stop } from './commands/stop.ts';
import { top } from './commands/top.ts';
import { traceExport } from './commands/trace-export.ts';
import { traceTail } from './commands/trace-tail.ts';
import { transfer } from './commands/transfer.ts';
import { up } from './commands/up.ts';
import { watch } from './commands/watch.ts';

export const commands: readonly Command[] = [
  ...[up, load, nodesAdd, nodesRemove, transfer, snapshot, stop, node],
  ...[status, top, traceTail, traceExport, doctor],
  ...[get, put, watch, remove],
  ...[kill, pause, resume, restart, partition, slow, drop, duplicate, skew, disk, heal, play],
  ...[bench],
  ...[scenario, sim, replay, check, chaos],
];
