/** Nothing here may wait for a task of the host: see at-hand.ts. */
import { Hono } from 'hono';
import { expect, test } from 'vitest';

import { limitBody } from '../../src/http/limit-body.ts';
import { RequestAtHand, textOf } from '../../src/sim/at-hand.ts';

const app = new Hono();
app.use(limitBody(100));
app.post('/echo', async (context) => {
  const bytes = await context.req.arrayBuffer();
  return context.body(bytes, { headers: { 'x-type': context.req.header('content-type') ?? '' } });
});

function post(body: string | undefined): RequestAtHand {
  const headers = { 'content-type': 'application/json' };
  return new RequestAtHand('http://n1/echo', { method: 'POST', headers, body });
}

async function answerTo(request: Request): Promise<string> {
  return textOf(await app.request(request));
}

test.each(['', 'plain', 'ünï 😀'.repeat(5)])('is what was sent: %j', async (body) => {
  const response = await app.request(post(body));
  expect(response.headers.get('x-type')).toBe('application/json');
  expect(await textOf(response)).toBe(body);
});

test('may be no body at all, and is refused if it is too large', async () => {
  expect(await answerTo(post(undefined))).toBe('');
  expect((await app.request(post('x'.repeat(101)))).status).toBe(413);
});

test('comes by promise reactions alone', async () => {
  let text: string | undefined;
  void answerTo(post('soon')).then((answer) => {
    text = answer;
  });
  for (let count = 0; count < 200 && text === undefined; count += 1) await Promise.resolve();
  expect(text).toBe('soon');
});
