import { seededRandom } from '@quorate/transport/system';
import { expect, test } from 'vitest';

import { randomReplicaId } from '../src/random-replica-id.ts';
import { checkReplicaId } from '../src/replica-id.ts';

test('an id is eight characters of base64url, and another one each time', () => {
  const random = seededRandom(1);
  const ids = new Set<string>();
  for (let index = 0; index < 1_000; index += 1) {
    const id = checkReplicaId('id', randomReplicaId(random));
    expect(id).toMatch(/^[\w-]{8}$/u);
    ids.add(id);
  }
  expect(ids.size).toBe(1_000);
});
