import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import type { HttpResponse } from '../../src/http-client.ts';
import { LoadBoards } from '../../src/supervisor/load-boards.ts';
import type { LoadRequest } from '../../src/supervisor/load-request.ts';

const editsPerBoard = 20;
const clients = (): LoadBoards =>
  new LoadBoards({ random: seededRandom(1), name: 'x', editsPerBoard });

function response(status: number, document: unknown = {}): HttpResponse {
  return { status, headers: {}, body: JSON.stringify(document) };
}

/** Answers as a service does that has every board it was asked to make. */
class Service {
  readonly there = new Set<string>();
  readonly deleted = new Set<string>();
  #madeCount = 0;

  answer({ path, http, answered }: LoadRequest): void {
    const id = path.split('/')[3] ?? '';
    if (path === '/v1/boards') {
      const made = `b${(this.#madeCount += 1)}`;
      this.there.add(made);
      answered(response(201, { id: made }));
      return;
    }
    const isThere = this.there.has(id);
    if (http.method === 'DELETE') {
      this.there.delete(id);
      this.deleted.add(id);
    }
    answered(response(isThere ? 200 : 410));
  }
}

test('a load that goes on and on has no more boards than at its beginning', () => {
  const [service, boards] = [new Service(), clients()];
  let most = 0;
  for (let count = 0; count < 2_000; count += 1) {
    const request = boards.next('edit');
    if (request !== undefined) service.answer(request);
    most = Math.max(most, service.there.size);
  }
  expect(service.deleted.size).toBeGreaterThan(50);
  expect(most).toBeLessThan(12);
});

test('while the first boards are being made nothing else is asked for', () => {
  const boards = clients();
  const asked = Array.from({ length: 20 }, () => boards.next('read'));
  expect(asked.filter((request) => request?.path === '/v1/boards')).toHaveLength(8);
  expect(asked.slice(8)).toEqual(Array(12).fill(undefined));
  // One that could not be made makes room for another one.
  asked[0]?.lost('no answer');
  asked[1]?.answered(response(503));
  asked[2]?.answered(response(201, { name: 'no id' }));
  const again = Array.from({ length: 20 }, () => boards.next('edit'));
  expect(again.filter((request) => request !== undefined)).toHaveLength(3);
});

test('a board that somebody deleted is left, and another one made', () => {
  const [service, boards] = [new Service(), clients()];
  for (let count = 0; count < 8; count += 1) service.answer(boards.next('read')!);
  service.there.delete('b3');
  let request = boards.next('read');
  for (; request?.path !== '/v1/boards'; request = boards.next('read')) service.answer(request!);
  service.answer(request);
  const later = Array.from({ length: 200 }, () => boards.next('read')?.path);
  expect(later).not.toContain('/v1/boards/b3');
  expect(later).toContain('/v1/boards/b9');
});

test('no key comes twice, and the same chances ask the same', () => {
  const paths = (): readonly string[] => {
    const [service, boards] = [new Service(), clients()];
    const keys = new Set<string>();
    const asked = Array.from({ length: 300 }, (_, count) => {
      const request = boards.next(count % 3 === 0 ? 'read' : 'edit')!;
      service.answer(request);
      const key = request.http.headers?.['idempotency-key'];
      expect(keys.has(key ?? '')).toBe(false);
      if (key !== undefined) keys.add(key);
      return `${request.path} ${request.http.body}`;
    });
    return asked;
  };
  expect(paths()).toEqual(paths());
});
