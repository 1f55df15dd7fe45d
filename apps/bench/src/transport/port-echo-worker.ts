/** The far end of the MessagePort echo benchmark, a worker thread. */
import { MessagePort, workerData } from 'node:worker_threads';

import { MessagePortTransport } from '@quorate/transport/message-port';

import { BarePort } from './bare-port.ts';
import { echoProtocol, serverId } from './echo-names.ts';

/** What `port-echo-client.ts` starts this with: a port, and how to work it. */
const given: unknown = workerData;

if (typeof given !== 'object' || given === null || !('port' in given) || !('mode' in given)) {
  throw new TypeError('workerData: expected { port, mode }, got something else');
}
const { port, mode } = given;
if (!(port instanceof MessagePort)) throw new TypeError('port: expected a MessagePort, got none');

if (mode === 'perMessage' || mode === 'perTurn') {
  const bare = new BarePort(port, mode);
  bare.onPayload((payload) => bare.send(payload));
} else {
  const transport = new MessagePortTransport({ localId: serverId });
  transport.subscribe(echoProtocol, ({ from, payload }) => {
    transport.send(from, echoProtocol, payload);
  });
  transport.connect(port);
}
