import { MessagePortTransport } from '../src/adapters/message-port.ts';
import { nodeId } from '../src/node-id.ts';
import { protocolName } from '../src/protocol-name.ts';

// A node in a web worker: the page sends it the port to speak over, and it echoes what it hears.
const echo = protocolName('echo');

globalThis.addEventListener('message', (event: MessageEvent<unknown>) => {
  const port: unknown = event.data;
  if (!(port instanceof MessagePort)) return;
  const transport = new MessagePortTransport({ localId: nodeId('worker') });
  transport.subscribe(echo, ({ from, payload }) => void transport.send(from, echo, payload));
  transport.connect(port);
});
