import { WebSocket as WsWebSocket } from 'ws';

import { describeTransport } from '../../src/contract/index.ts';
import { WebSocketFixture } from '../support/websocket-fixture.ts';

describeTransport('WebSocket, as pages dial servers', () => new WebSocketFixture('one'));

describeTransport(
  'WebSocket, between servers',
  () => new WebSocketFixture('both', { createSocket: (url) => new WsWebSocket(url) }),
);
