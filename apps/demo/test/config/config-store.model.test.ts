import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  commandCodec,
  type ConfigCommand,
  type ConfigResult,
  resultCodec,
  type WriteCondition,
} from '../../src/config/config-command.ts';
import { ConfigStore } from '../../src/config/config-store.ts';

// Few keys and low revisions, so that conditions often hold and often just do not.
const key = fc.constantFrom('a', 'b', '__proto__', 'ключ');
const value = fc.oneof(fc.string({ maxLength: 8 }), fc.constant('\uFEFFbom'), fc.constant(''));
const condition: fc.Arbitrary<WriteCondition> = fc.oneof(
  fc.constantFrom<WriteCondition>({ kind: 'none' }, { kind: 'absent' }, { kind: 'present' }),
  fc.record({ kind: fc.constant('revision' as const), revision: fc.integer({ min: 1, max: 40 }) }),
);
const command: fc.Arbitrary<ConfigCommand> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, value, condition }),
  fc.record({ kind: fc.constant('delete' as const), key, condition }),
);

/** The service as a list of pairs, read aloud from its documentation. */
class ListOfPairs {
  pairs: { key: string; value: string; revision: number }[] = [];

  apply({ ...command }: ConfigCommand, logIndex: number): ConfigResult {
    const current = this.pairs.find(({ key: name }) => name === command.key);
    const currentRevision = current?.revision;
    const { condition: wanted } = command;
    const holds = {
      none: true,
      absent: !current,
      present: current !== undefined,
      revision: wanted.kind === 'revision' && wanted.revision === currentRevision,
    }[wanted.kind];
    if (!holds) return { kind: 'mismatch', currentRevision };
    this.pairs = this.pairs.filter((pair) => pair !== current);
    if (command.kind === 'delete') return { kind: current ? 'deleted' : 'missing' };
    this.pairs.push({ key: command.key, value: command.value, revision: logIndex });
    return { kind: 'written', revision: logIndex, isNew: !current };
  }
}

test('the store does what a list of pairs does', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
      const store = new ConfigStore();
      const model = new ListOfPairs();
      for (const [index, next] of commands.entries()) {
        const result = store.apply(commandCodec.encode(next), index + 1);
        expect(resultCodec.decode(result)).toEqual(model.apply(next, index + 1));
      }
      expect(store.keyCount).toBe(model.pairs.length);
      for (const pair of model.pairs)
        expect(store.get(pair.key)).toMatchObject({ value: pair.value });
    }),
  );
});

test('a replica that starts from a snapshot goes on like one that applied everything', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), fc.nat(40), (commands, cut) => {
      const whole = new ConfigStore();
      let resumed = new ConfigStore();
      for (const [index, next] of commands.entries()) {
        if (index === cut) {
          const snapshot = resumed.snapshot();
          resumed = new ConfigStore();
          resumed.restore(snapshot);
        }
        const bytes = commandCodec.encode(next);
        expect(resumed.apply(bytes, index + 1)).toEqual(whole.apply(bytes, index + 1));
      }
      expect(resumed.snapshot()).toEqual(whole.snapshot());
      expect(resumed.checksum).toBe(whole.checksum);
    }),
  );
});

test('the digest tells states apart', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 20 }), command, (commands, extra) => {
      const store = new ConfigStore();
      for (const [index, next] of commands.entries()) {
        store.apply(commandCodec.encode(next), index + 1);
      }
      const before = store.checksum;
      const result = resultCodec.decode(store.apply(commandCodec.encode(extra), 1_000));
      const isChanged = result.kind === 'written' || result.kind === 'deleted';
      expect(store.checksum !== before).toBe(isChanged);
    }),
  );
});
