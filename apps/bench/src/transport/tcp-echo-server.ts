/** The far end of the TCP echo benchmark, a process of its own. Started with how it is to work. */
import { createServer } from 'node:net';

import { TcpTransport } from '@quorate/transport/tcp';

import { BareSocket, type Batching } from './bare-socket.ts';
import { clusterId, echoProtocol, serverId } from './echo-names.ts';

async function listenOurs(): Promise<number> {
  const transport = await TcpTransport.open({
    localId: serverId,
    clusterId,
    listen: { host: '127.0.0.1', port: 0 },
  });
  transport.subscribe(echoProtocol, ({ from, payload }) => {
    transport.send(from, echoProtocol, payload);
  });
  return transport.address?.port ?? 0;
}

function listenBare(batching: Batching): Promise<number> {
  const server = createServer((socket) => {
    const bare = new BareSocket(socket, batching);
    bare.onPayload((payload) => {
      bare.send(payload);
    });
    socket.on('error', () => undefined);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

const [mode] = process.argv.slice(2);
const isBare = mode === 'perFrame' || mode === 'perTurn' || mode === 'perTurnInPlace';
const port = isBare ? await listenBare(mode) : await listenOurs();
process.send?.(port);
process.on('disconnect', () => process.exit(0));
