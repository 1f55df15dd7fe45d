import { connect, createServer, type Server, type Socket } from 'node:net';

import type { TcpAddress } from '../../src/adapters/tcp.ts';

interface Pipe {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** Which way bytes go through a proxy: towards the node it stands before, or back. */
export type Direction = 'forth' | 'back';

/** A wire between two nodes that a test can clamp, swallow or cut. */
export class TcpProxy {
  readonly #server: Server;
  readonly #target: TcpAddress;
  readonly #pipes = new Set<Pipe>();
  readonly #clamped = new Set<Direction>();
  readonly #abandoned = new Set<Socket>();
  #isSwallowing = false;
  /** Everything that went forth. */
  readonly recorded: Uint8Array[] = [];
  /**
   * Whether all that comes is read and thrown away, goodbyes and resets too, so that both ends hear
   * nothing and notice nothing.
   */
  get isSwallowing(): boolean {
    return this.#isSwallowing;
  }

  /** Once bytes get through again, whoever was left alone meanwhile learns of it. */
  set isSwallowing(isSwallowing: boolean) {
    this.#isSwallowing = isSwallowing;
    if (isSwallowing) return;
    for (const socket of this.#abandoned) socket.destroy();
    this.#abandoned.clear();
  }

  /** Connections ever taken. */
  connectionCount = 0;

  private constructor(server: Server, target: TcpAddress) {
    this.#server = server;
    this.#target = target;
  }

  /** A proxy that forwards to `target`. */
  static open(target: TcpAddress): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, target);
    server.on('connection', (client) => proxy.#accept(client));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(proxy));
    });
  }

  get address(): TcpAddress {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new RangeError('not listening');
    return { host: '127.0.0.1', port: address.port };
  }

  get openCount(): number {
    return this.#pipes.size;
  }

  /** Stops reading in `direction`, so that the sender's buffers fill; undone by `release`. */
  clamp(direction: Direction): void {
    this.#clamped.add(direction);
    for (const pipe of this.#pipes) sourceOf(pipe, direction).pause();
  }

  release(direction: Direction): void {
    this.#clamped.delete(direction);
    for (const pipe of this.#pipes) sourceOf(pipe, direction).resume();
  }

  /** Breaks every connection without a goodbye. */
  cut(): void {
    for (const { client, upstream } of this.#pipes) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    this.isSwallowing = false;
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    this.connectionCount += 1;
    const upstream = connect(this.#target);
    const pipe = { client, upstream };
    this.#pipes.add(pipe);
    this.#forward(pipe, 'forth');
    this.#forward(pipe, 'back');
  }

  #forward(pipe: Pipe, direction: Direction): void {
    const source = sourceOf(pipe, direction);
    const target = sourceOf(pipe, direction === 'forth' ? 'back' : 'forth');
    source.setNoDelay(true);
    source.on('data', (chunk: Uint8Array) => {
      if (direction === 'forth') this.recorded.push(chunk);
      if (!this.isSwallowing && !target.write(chunk)) source.pause();
    });
    target.on('drain', () => {
      if (!this.#clamped.has(direction)) source.resume();
    });
    if (this.#clamped.has(direction)) source.pause();
    source.on('error', () => undefined);
    source.on('end', () => {
      if (!this.isSwallowing) target.end();
    });
    source.on('close', () => {
      this.#pipes.delete(pipe);
      if (this.#isSwallowing) this.#abandoned.add(target);
      else target.destroy();
    });
  }
}

function sourceOf(pipe: Pipe, direction: Direction): Socket {
  return direction === 'forth' ? pipe.client : pipe.upstream;
}
