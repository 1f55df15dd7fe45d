import { parentPort, workerData } from 'node:worker_threads';

import { MessagePortTransport } from '../../src/adapters/message-port.ts';
import type { NodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';

// A node in a worker thread. Echoes what it hears; blocks its thread when told to.
const { localId } = workerData as { readonly localId: NodeId };
const transport = new MessagePortTransport({ localId });

const echo = protocolName('echo');
transport.subscribe(echo, ({ from, payload }) => void transport.send(from, echo, payload));

transport.subscribe(protocolName('block'), ({ payload }) => {
  const ms = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
});

transport.subscribe(protocolName('exit'), () => process.exit(3));

transport.subscribe(protocolName('close'), () => void transport.close());

if (parentPort !== null) transport.connect(parentPort);
