import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

import { TcpTransport } from '@quorate/transport/tcp';

import { BareSocket, type Batching } from './bare-socket.ts';
import { clientId, clusterId, echoProtocol, serverId } from './echo-names.ts';
import type { EchoClient } from './echo.ts';

interface EchoServer {
  readonly process: ChildProcess;
  readonly port: number;
}

async function startServer(mode: 'ours' | Batching): Promise<EchoServer> {
  const path = new URL('tcp-echo-server.ts', import.meta.url).pathname;
  const child = fork(path, [mode], { execArgv: ['--conditions=@quorate/source'] });
  const messages: unknown[] = await once(child, 'message');
  const [port] = messages;
  if (typeof port !== 'number') throw new TypeError(`port: expected a number, got ${typeof port}`);
  return { process: child, port };
}

async function stopServer(server: EchoServer): Promise<void> {
  const exited = once(server.process, 'exit');
  server.process.disconnect();
  await exited;
}

/** A client of `TcpTransport`, with a server in another process. */
export async function openOurs(): Promise<EchoClient> {
  const server = await startServer('ours');
  const transport = await TcpTransport.open({ localId: clientId, clusterId });
  const isUp = new Promise<void>((resolve) => {
    transport.observePeers(({ kind }) => {
      if (kind === 'up') resolve();
    });
  });
  transport.setPeer(serverId, { host: '127.0.0.1', port: server.port });
  await isUp;
  let echoed: () => void = () => undefined;
  transport.subscribe(echoProtocol, () => {
    echoed();
  });
  return {
    send: (payload) => void transport.send(serverId, echoProtocol, payload),
    onEcho: (callback) => (echoed = callback),
    close: async () => {
      await transport.close();
      await stopServer(server);
    },
  };
}

/** A client of bare `node:net`, with a server in another process. */
export async function openBare(batching: Batching): Promise<EchoClient> {
  const server = await startServer(batching);
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const bare = new BareSocket(socket, batching);
  return {
    send: (payload) => {
      bare.send(payload);
    },
    onEcho: (callback) => {
      bare.onPayload(callback);
    },
    close: async () => {
      socket.destroy();
      await stopServer(server);
    },
  };
}
