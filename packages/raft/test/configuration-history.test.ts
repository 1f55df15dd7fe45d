import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { configurationCodec } from '../src/codec/configuration.ts';
import { type ConfigurationAt, configurationOf } from '../src/configuration.ts';
import { ConfigurationHistory } from '../src/configuration-history.ts';
import type { Entry } from '../src/messages.ts';
import { a, b, c, d } from './support/lone-node.ts';

const base: ConfigurationAt = { logIndex: 0, configuration: configurationOf([a, b, c]) };
const bcd = configurationOf([b, c, d]);

function entryAt(logIndex: number, configuration = bcd): Entry {
  const payload = configurationCodec.encode(configuration);
  return { logIndex, term: 1, kind: 'configuration', payload };
}

describe('the history of configurations', () => {
  test('knows who took part where in the log', () => {
    const history = new ConfigurationHistory(base);
    history.note(entryAt(3));
    history.note({ ...entryAt(5), kind: 'command', payload: Uint8Array.of(1) });
    expect(history.latest).toEqual({ logIndex: 3, configuration: bcd });
    expect(history.at(2)).toEqual(base);
    expect(history.at(3)).toEqual({ logIndex: 3, configuration: bcd });
    expect(history.at(9)).toEqual({ logIndex: 3, configuration: bcd });
  });

  test('goes back when the entry is cut off', () => {
    const history = new ConfigurationHistory(base);
    history.note(entryAt(3));
    history.truncateFrom(4);
    expect(history.latest.logIndex).toBe(3);
    history.truncateFrom(3);
    expect(history.latest).toEqual(base);
    history.truncateFrom(0);
    expect(history.latest).toEqual(base);
  });

  test('takes no news from what a snapshot covers', () => {
    const history = new ConfigurationHistory({ logIndex: 7, configuration: bcd });
    history.note(entryAt(3, configurationOf([a])));
    expect(history.latest.configuration).toEqual(bcd);
    history.replace(base);
    expect(history.latest).toEqual(base);
  });

  test('keeps what was in force at the place it is compacted to', () => {
    const history = new ConfigurationHistory(base);
    history.note(entryAt(3));
    history.note(entryAt(6, configurationOf([d])));
    history.compact(2);
    expect(history.at(2)).toEqual(base);
    history.compact(5);
    expect(history.at(5).logIndex).toBe(3);
    expect(history.at(1).logIndex).toBe(3);
    expect(history.latest.logIndex).toBe(6);
  });

  test('agrees with a walk through the log', () => {
    const steps = fc.array(fc.record({ isCut: fc.boolean(), size: fc.nat(4) }), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (script) => {
        const history = new ConfigurationHistory(base);
        let log: Entry[] = [];
        for (const { isCut, size } of script) {
          if (isCut) {
            log = log.slice(0, Math.max(0, log.length - size));
            history.truncateFrom(log.length + 1);
            continue;
          }
          const entry = entryAt(log.length + 1, configurationOf([a, b, c, d].slice(0, size)));
          log.push(size === 0 ? { ...entry, kind: 'noop' } : entry);
          history.note(log.at(-1) ?? entry);
        }
        for (let logIndex = 0; logIndex <= log.length; logIndex += 1) {
          const last = log.slice(0, logIndex).findLast(({ kind }) => kind === 'configuration');
          expect(history.at(logIndex).logIndex).toBe(last?.logIndex ?? 0);
        }
      }),
    );
  });
});
