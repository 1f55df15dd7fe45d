import { Hono } from 'hono';
import { expect, test } from 'vitest';

import { limitBody } from '../../src/http/limit-body.ts';

const app = new Hono();
app.post('/', limitBody(4), (c) => c.req.text().then((text) => c.text(text)));

const post = (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(
    app.request('/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit),
  );

test('a body that says its size is taken or refused by that', async () => {
  expect(await (await post('1234', { 'content-length': '4' })).text()).toBe('1234');
  expect((await post('12345', { 'content-length': '5' })).status).toBe(413);
});

test('a body that does not say it is read to find out', async () => {
  const pieces = (...texts: string[]): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  expect(await (await post(pieces('12', '34'))).text()).toBe('1234');
  expect((await post(pieces('12', '345'))).status).toBe(413);
  // One that comes in pieces is not bound by what it says.
  const lie = { 'content-length': '1', 'transfer-encoding': 'chunked' };
  expect((await post(pieces('12', '345'), lie)).status).toBe(413);
});
