import { TcpTransport, type TcpTransportOptions } from '../../src/adapters/tcp.ts';
import type { NodeId } from '../../src/node-id.ts';
import { WiredFixture } from './wired-fixture.ts';

/** Nodes of `TcpTransport` on loopback, with what else each is to be opened with. */
export class TcpFixture extends WiredFixture {
  constructor(optionsOf: (id: NodeId) => Partial<TcpTransportOptions> = () => ({})) {
    super(async (common) => {
      const listen = { host: '127.0.0.1', port: 0 };
      const own = optionsOf(common.localId);
      const transport = await TcpTransport.open({ ...common, listen, ...own });
      const { address = listen } = transport;
      return {
        transport,
        address,
        dial: (peer, at) => transport.setPeer(peer, at),
        close: () => transport.close(),
      };
    });
  }
}
