import { describe, expect, test } from 'vitest';

import { nodeId } from '../src/node-id.ts';
import { protocolName } from '../src/protocol-name.ts';
import { protocolCountMax, ProtocolTable } from '../src/protocol-table.ts';

const raft = protocolName('raft');
const gossip = protocolName('gossip');
const delivery = {
  from: nodeId('n1'),
  incarnation: 1,
  payload: new Uint8Array(0),
  receivedAtMs: 0,
};

describe('a protocol table', () => {
  test('hands out one entry per name, numbered from 0', () => {
    const table = new ProtocolTable([gossip], () => undefined);
    const entry = table.entryOf(raft);
    expect(table.entryOf(gossip)).toMatchObject({ index: 1, isUrgent: true });
    expect(table.entryOf(raft)).toBe(entry);
    expect(entry).toMatchObject({ index: 0, isUrgent: false });
    expect(table.find('raft')).toBe(entry);
    expect(table.find('__proto__')).toBeUndefined();
  });

  test('an unsubscribe ends its own subscription only, even of the same function', () => {
    const table = new ProtocolTable([], () => undefined);
    let count = 0;
    const listener = (): void => void (count += 1);
    const first = table.subscribe(raft, listener);
    first();
    table.subscribe(raft, listener);
    first();
    expect(table.deliver(table.entryOf(raft), delivery)).toBe(true);
    expect(count).toBe(1);
    expect(table.deliver(table.entryOf(gossip), delivery)).toBe(false);
  });

  test('reports what a listener throws', () => {
    const errors: unknown[] = [];
    const table = new ProtocolTable([], (error) => errors.push(error));
    table.subscribe(raft, () => {
      throw new Error('thrown');
    });
    expect(table.deliver(table.entryOf(raft), delivery)).toBe(true);
    expect(errors.map(String)).toEqual(['Error: thrown']);
  });

  test('remembers a bounded number of names', () => {
    const table = new ProtocolTable([], () => undefined);
    for (let index = 0; index < protocolCountMax; index += 1) {
      table.entryOf(protocolName(`p${index}`));
    }
    expect(() => table.entryOf(raft)).toThrow(RangeError);
    expect(table.entryOf(protocolName('p7'))).toMatchObject({ index: 7 });
  });
});
