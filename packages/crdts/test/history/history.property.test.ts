import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CorruptBytesError, ForkedReplicaError } from '../../src/errors.ts';
import { historyChunks } from '../../src/history/history-file.ts';
import { decodeChunks, encodeChunks } from '../../src/wire/chunks.ts';
import { eventList } from '../support/event-list.ts';
import { appendRandom, bareHistory } from '../support/random-histories.ts';
import { flipped, forged } from '../support/sealed.ts';

const ids = ['AAAAAAAA', 'bob', 'ccccccc-'];

/** Histories of three replicas that do everything there is to do, and all their updates. */
function randomHistories(seed: number) {
  const random = seededRandom(seed);
  const histories = ids.map(() => bareHistory());
  const updates: Uint8Array[] = [];
  for (let step = 0; step < 60; step += 1) {
    const at = random.int(3);
    const history = histories[at]!;
    const choice = random.int(4);
    if (choice < 2) updates.push(appendRandom(history, ids[at]!, random));
    else if (choice === 2 && updates.length > 0)
      history.apply(updates[random.int(updates.length)]!);
    else {
      const other = histories[random.int(3)]!;
      history.applyAll(other.updatesSince(history.encodeVersion(), 10 + random.int(200)));
    }
  }
  return { histories, updates, random };
}

describe('operations of every kind', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    test(`arrive as they were, in whatever way (seed ${seed})`, () => {
      const { histories, updates, random } = randomHistories(seed);
      const whole = bareHistory();
      whole.applyAll(updates);
      const version = whole.encodeVersion();
      for (const history of histories) {
        for (const update of whole.updatesSince(history.encodeVersion())) history.apply(update);
        expect(eventList(history)).toEqual(eventList(whole));
        expect(history.encodeVersion()).toEqual(version);
        expect(history.canonicalBytes()).toEqual(whole.canonicalBytes());
        expect(history.waitingCount).toBe(0);
      }
      const other = bareHistory();
      const shuffled = [...updates, ...whole.updatesSince(new Uint8Array(0), 100)];
      while (shuffled.length > 0) {
        const [update] = shuffled.splice(random.int(shuffled.length), 1);
        other.apply(update!);
        other.apply(update!);
      }
      expect(eventList(other)).toEqual(eventList(whole));
      expect(other.encodeVersion()).toEqual(version);
      const file = encodeChunks([...other.save({ trimmedCount: 0, insertedText: 'written' })]);
      const loaded = bareHistory();
      loaded.load(decodeChunks(file, new Set(historyChunks)), 0);
      expect(eventList(loaded)).toEqual(eventList(whole));
      expect(loaded.encodeVersion()).toEqual(version);
      const again = loaded.save({ trimmedCount: 0, insertedText: 'written' });
      expect(encodeChunks([...again])).toEqual(file);
    });
  }
});

test('what is forged becomes a value or is refused, and leaves nothing behind', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { histories, updates, random } = randomHistories(seed);
    const history = histories[0]!;
    const before = eventList(history);
    for (let round = 0; round < 100; round += 1) {
      const batches = [...updates, ...histories[1]!.updatesSince(history.encodeVersion())];
      const chosen = batches[random.int(batches.length)]!;
      const damaged = forged(chosen, (content) => flipped(content, random.int(1 << 16)));
      try {
        history.apply(damaged);
        // It was taken for a value. Go on with another one, or the next refusal would be of forks.
        break;
      } catch (error) {
        expect(error instanceof CorruptBytesError || error instanceof ForkedReplicaError).toBe(
          true,
        );
        expect(eventList(history)).toEqual(before);
      }
    }
  }
});
