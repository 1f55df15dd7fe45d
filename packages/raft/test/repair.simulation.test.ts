import type { NodeEnvironment } from '@quorate/simulation';
import { expect, test } from 'vitest';

import { NodeScene } from './support/node-scene.ts';
import { commandOf } from './support/recording-machine.ts';
import { nodeDirectory } from './support/sim-cluster.ts';

// Goal: whole nodes repair damaged logs among themselves, whoever leads, and lose nothing.
// Method: three nodes on simulated disks lose power at once; bits of one command each, which the
// test names, are flipped before they start again. Every event passes the checker.

/** Three nodes with commands 1 to 8; then all lose power, and each starts with `lost` damaged. */
async function struck(lost: ReadonlyMap<string, number>): Promise<NodeScene> {
  const due = new Set<string>();
  const scene = new NodeScene({
    nodeCount: 3,
    bug: {
      async beforeOpen({ nodeId, disk }) {
        const commandId = lost.get(nodeId);
        if (commandId === undefined || !due.delete(nodeId)) return;
        await damage(disk, commandOf({ kind: 'write', id: commandId, key: 1 }, 0));
      },
    },
  });
  const leader = await scene.elect();
  for (let written = 0; written < 8; written += 1) {
    expect(await scene.settled(scene.write(leader))).toMatchObject({ kind: 'committed' });
  }
  for (const node of scene.cluster.nodeIds) {
    await scene.until(() => scene.node(node).machine.commandIds.size === 8);
  }
  for (const node of scene.cluster.nodeIds) {
    if (lost.has(node)) scene.cluster.checker.onDamaged(node);
  }
  for (const node of lost.keys()) due.add(node);
  await scene.reviveAll();
  return scene;
}

/** Flips a bit in the first place in the log that holds `bytes`. */
async function damage(disk: NodeEnvironment['disk'], bytes: Uint8Array): Promise<void> {
  const directory = `${nodeDirectory}/log`;
  for (const name of await disk.list(directory)) {
    const file = await disk.open(`${directory}/${name}`);
    const content = Buffer.alloc(await file.sizeBytes());
    await file.read(0, content);
    const offset = content.indexOf(bytes);
    if (offset >= 0) await file.write(offset, Uint8Array.of((bytes[0] ?? 0) ^ 16));
    await file.sync();
    await file.close();
  }
}

/** Waits for a leader, and until everyone has applied all eight commands. */
async function expectAll(scene: NodeScene): Promise<void> {
  await scene.elect();
  for (const node of scene.cluster.nodeIds) {
    await scene.until(() => scene.node(node).machine.commandIds.size === 8);
    expect(scene.node(node).node.status()).toMatchObject({ condition: 'running', damaged: [] });
  }
}

test('the last command survives although a majority has lost it to damage', async () => {
  const scene = await struck(
    new Map([
      ['n1', 8],
      ['n2', 8],
    ]),
  );
  await expectAll(scene);
});

test('three nodes with different damage, and nobody to lead them, become whole again', async () => {
  const scene = await struck(
    new Map([
      ['n1', 2],
      ['n2', 4],
      ['n3', 6],
    ]),
  );
  await expectAll(scene);
});
