import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';

import { MessagePortTransport } from '@quorate/transport/message-port';

import { BarePort, type Posting } from './bare-port.ts';
import { clientId, echoProtocol, serverId } from './echo-names.ts';
import type { EchoClient } from './echo.ts';

interface EchoWorker {
  readonly worker: Worker;
  readonly port: MessagePort;
}

function startWorker(mode: 'ours' | Posting): EchoWorker {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('port-echo-worker.ts', import.meta.url), {
    workerData: { mode, port: port2 },
    transferList: [port2],
  });
  return { worker, port: port1 };
}

/** A client of `MessagePortTransport`, with a worker at the other end. */
export async function openOursToWorker(): Promise<EchoClient> {
  const { worker, port } = startWorker('ours');
  const transport = new MessagePortTransport({ localId: clientId });
  const isUp = new Promise<void>((resolve) => {
    transport.observePeers(({ kind }) => {
      if (kind === 'up') resolve();
    });
  });
  transport.connect(port, serverId);
  await isUp;
  let echoed: () => void = () => undefined;
  transport.subscribe(echoProtocol, () => echoed());
  return {
    send: (payload) => void transport.send(serverId, echoProtocol, payload),
    onEcho: (callback) => (echoed = callback),
    close: async () => {
      await transport.close();
      await worker.terminate();
    },
  };
}

/** A client of a bare port, with a worker at the other end. */
export async function openBareToWorker(posting: Posting): Promise<EchoClient> {
  const { worker, port } = startWorker(posting);
  const bare = new BarePort(port, posting);
  // The first message waits in the port until the worker runs.
  await new Promise<void>((resolve) => {
    bare.onPayload(() => resolve());
    bare.send(new Uint8Array(1));
  });
  return {
    send: (payload) => bare.send(payload),
    onEcho: (callback) => bare.onPayload(callback),
    close: async () => {
      port.close();
      await worker.terminate();
    },
  };
}
