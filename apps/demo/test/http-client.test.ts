import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { HttpClient, HttpClientError } from '../src/http-client.ts';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test('sends a body and reads the answer to its end', async () => {
  const url = await serve((request, response) => {
    response.setHeader('etag', '"3"').writeHead(201);
    request.pipe(response);
  });
  const client = new HttpClient();
  const answer = await client.request({ url, method: 'PUT', body: 'grüße', timeoutMs: 5_000 });
  expect(answer).toMatchObject({ status: 201, body: 'grüße' });
  expect(answer.headers['etag']).toBe('"3"');
  client.close();
});

test('gives up on a server that does not answer', async () => {
  const url = await serve(() => undefined);
  const client = new HttpClient();
  await expect(client.request({ url, timeoutMs: 20 })).rejects.toThrow(HttpClientError);
  client.close();
});

test('an answer that breaks off is none', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half', () => {
      response.destroy();
    });
  });
  const client = new HttpClient();
  await expect(client.request({ url, timeoutMs: 5_000 })).rejects.toThrow(HttpClientError);
  client.close();
});

test('nobody there', async () => {
  const client = new HttpClient();
  const url = 'http://127.0.0.1:1/';
  await expect(client.request({ url, timeoutMs: 5_000 })).rejects.toThrow(/ECONNREFUSED/);
  client.close();
});
