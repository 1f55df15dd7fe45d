/** A process that sends numbered messages as fast as it may, until it is killed. */
import { TcpTransport } from '../../src/adapters/tcp.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';

const [port] = process.argv.slice(2);
const receiver = nodeId('receiver');
const transport = await TcpTransport.open({
  localId: nodeId('burst'),
  clusterId: 'test',
  peers: { receiver: { host: '127.0.0.1', port: Number(port) } },
});
const payload = new Uint8Array(100);
const view = new DataView(payload.buffer);
let count = 0;

/** Fills the queue, then lets the event loop go round. */
function burst(): void {
  for (let index = 0; index < 500; index += 1) {
    view.setUint32(0, count);
    if (transport.send(receiver, protocolName('burst'), payload) !== 'accepted') break;
    count += 1;
  }
  setImmediate(burst);
}

burst();
