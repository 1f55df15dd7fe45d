import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that can lose answers on their way back: what was asked happens all the same. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs: Set<readonly [Socket, Socket]>;
  /** Whether what the target answers is dropped. */
  losesAnswers = false;
  #lostCount = 0;
  readonly #lossListeners = new Set<() => void>();

  private constructor(server: Server, port: number, pairs: Set<readonly [Socket, Socket]>) {
    this.#server = server;
    this.port = port;
    this.#pairs = pairs;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const pairs = new Set<readonly [Socket, Socket]>();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const proxy = new TcpProxy(server, address.port, pairs);
    server.on('connection', (socket) => proxy.#join(socket, connect(targetPort, '127.0.0.1')));
    return proxy;
  }

  /** Resolves when an answer has been lost that was not lost before. */
  async answerLost(): Promise<void> {
    const before = this.#lostCount;
    await new Promise<void>((resolve) => {
      this.#lossListeners.add(resolve);
      if (this.#lostCount > before) resolve();
    });
  }

  /** Breaks all connections. */
  cut(): void {
    for (const pair of this.#pairs) pair.forEach((socket) => socket.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => {
      if (!this.losesAnswers) {
        near.write(bytes);
        return;
      }
      this.#lostCount += 1;
      for (const listener of this.#lossListeners) listener();
      this.#lossListeners.clear();
    });
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        pair.forEach((one) => one.destroy());
      });
    }
  }
}
