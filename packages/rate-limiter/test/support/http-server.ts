import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port, for as long as a test runs: `await using server = await serve(…)`. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

/** Listens with `listener` on a free port of this machine. */
export async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<TestServer> {
  const server = createServer((incoming, response) => void listener(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Asks for `path`, and hangs up when `whenToLeave` resolves. Resolves when the socket is gone. */
export async function hangUp(
  { port }: Pick<TestServer, 'port'>,
  path: string,
  whenToLeave: Promise<unknown>,
): Promise<void> {
  const client = request({ port, host: '127.0.0.1', path });
  const closed = new Promise<void>((resolve) => {
    client.once('close', () => resolve());
  });
  client.on('error', () => undefined);
  client.end();
  await whenToLeave;
  client.destroy();
  await closed;
}

/** A promise, and what settles it. */
export function gate<Value = void>(): {
  readonly opened: Promise<Value>;
  readonly open: (value: Value) => void;
} {
  let open: (value: Value) => void = () => undefined;
  const opened = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { opened, open: (value) => open(value) };
}
