import { EventEmitter } from 'node:events';

import { describe, expect, test } from 'vitest';

import type { RefusedRequest, ResponseOutcome } from '../../src/http/http-rate-limit.ts';
import {
  httpRequestOfNode,
  type NodeResponse,
  putFields,
  refuse,
  responseEnd,
} from '../../src/http/node-message.ts';
import { quotaExceeded } from '../../src/http/problem.ts';

class RecordedResponse extends EventEmitter implements NodeResponse {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  writableFinished = false;
  destroyed = false;
  body: string | undefined;
  readonly headers: Map<string, string | readonly string[]> = new Map<
    string,
    string | readonly string[]
  >();

  getHeader(name: string): string | readonly string[] | undefined {
    return this.headers.get(name.toLowerCase());
  }

  setHeader(name: string, value: string): void {
    if (this.headersSent) throw new Error('headers have left');
    this.headers.set(name.toLowerCase(), value);
  }

  end(body: string): void {
    this.body = body;
    this.headersSent = true;
    this.writableEnded = true;
  }
}

function outcomesOf(response: RecordedResponse): readonly ResponseOutcome[] {
  const outcomes: ResponseOutcome[] = [];
  responseEnd(response)((outcome) => outcomes.push(outcome));
  return outcomes;
}

describe('a request of Node', () => {
  test('is seen with its whole path, its headers by any case, and who connects', () => {
    const request = httpRequestOfNode({
      method: 'POST',
      url: '/login',
      originalUrl: '/api/login',
      headers: { 'x-forwarded-for': '1.2.3.4', forwarded: ['for=a', 'for=b'] },
      socket: { remoteAddress: '::1' },
    });
    expect(request).toMatchObject({ method: 'POST', url: '/api/login', peerAddress: '::1' });
    expect(request.headers.get('X-Forwarded-For')).toBe('1.2.3.4');
    expect(request.headers.get('Forwarded')).toBe('for=a, for=b');
    expect(request.headers.get('Cookie')).toBeNull();
  });
});

describe('the end of a response', () => {
  test('is its status, when all of it is out', () => {
    const response = new RecordedResponse();
    const outcomes = outcomesOf(response);
    response.statusCode = 404;
    response.writableFinished = true;
    response.emit('finish');
    response.emit('close');
    expect(outcomes).toEqual([{ kind: 'answered', status: 404 }]);
  });

  test('is an abort, when it closes before', () => {
    const response = new RecordedResponse();
    const outcomes = outcomesOf(response);
    response.emit('close');
    response.emit('finish');
    expect(outcomes).toEqual([{ kind: 'aborted' }]);
  });

  test('is told to who asks later', () => {
    const response = new RecordedResponse();
    const onEnd = responseEnd(response);
    response.emit('close');
    const outcomes: ResponseOutcome[] = [];
    onEnd((outcome) => outcomes.push(outcome));
    expect(outcomes).toEqual([{ kind: 'aborted' }]);
  });

  test('may have come before anybody watched', () => {
    const response = new RecordedResponse();
    response.destroyed = true;
    expect(outcomesOf(response)).toEqual([{ kind: 'aborted' }]);
  });
});

describe('headers of a response', () => {
  const fields = [
    { name: 'RateLimit', value: '"b";r=1', mode: 'append' },
    { name: 'Retry-After', value: '9', mode: 'set' },
  ] as const;

  test('append to a list, or take the place of what was there', () => {
    const response = new RecordedResponse();
    response.headers.set('ratelimit', ['"x";r=3', '"a";r=2']);
    response.headers.set('retry-after', '1');
    putFields(response, fields);
    expect(response.getHeader('RateLimit')).toBe('"x";r=3, "a";r=2, "b";r=1');
    expect(response.getHeader('Retry-After')).toBe('9');
  });

  test('stay as they are once they have left', () => {
    const response = new RecordedResponse();
    response.headersSent = true;
    putFields(response, fields);
    expect(response.headers.size).toBe(0);
  });

  test('a refusal is one response, unless there has been one', () => {
    const problem = quotaExceeded(['a']);
    const refusal: RefusedRequest = {
      kind: 'limited',
      status: 429,
      fields,
      problem,
      body: '{}',
      decisions: [],
    };
    const response = new RecordedResponse();
    refuse(response, refusal);
    expect([response.statusCode, response.body]).toEqual([429, '{}']);
    refuse(response, { ...refusal, status: 503, body: 'again' });
    expect([response.statusCode, response.body]).toEqual([429, '{}']);
  });
});
