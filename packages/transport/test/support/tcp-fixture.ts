import { TcpTransport, type TcpTransportOptions } from '../../src/adapters/tcp.ts';
import { WiredFixture } from './wired-fixture.ts';

/** Nodes of `TcpTransport` on loopback. */
export class TcpFixture extends WiredFixture {
  constructor(options: Partial<TcpTransportOptions> = {}) {
    super(async (common) => {
      const listen = { host: '127.0.0.1', port: 0 };
      const transport = await TcpTransport.open({ ...common, listen, ...options });
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
