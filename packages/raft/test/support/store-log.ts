import { keyValueCommandCodec, keyValueResultCodec } from '../../src/kv/codec.ts';
import { KeyValueMachine, type StoreLimits } from '../../src/kv/key-value-machine.ts';
import type {
  KeyValueCommand,
  KeyValueEntry,
  KeyValueOperation,
  KeyValueResult,
} from '../../src/kv/messages.ts';

const encoder = new TextEncoder();

/** A replica of a store, and a log that feeds it. */
export class StoreLog {
  readonly machine: KeyValueMachine;
  logIndex = 0;

  constructor(limits: Partial<StoreLimits> = {}) {
    this.machine = new KeyValueMachine(limits);
  }

  commit(command: KeyValueCommand): KeyValueResult {
    this.logIndex += 1;
    const bytes = keyValueCommandCodec.encode(command);
    return keyValueResultCodec.decode(this.machine.apply(bytes, this.logIndex));
  }

  /** Does `operations` whatever holds. */
  operate(...operations: readonly KeyValueOperation[]): KeyValueResult {
    return this.commit({ kind: 'transaction', compare: [], then: operations, otherwise: [] });
  }

  put(key: string, text: string): KeyValueResult {
    return this.operate({ kind: 'put', key, value: encoder.encode(text) });
  }

  delete(key: string): KeyValueResult {
    return this.operate({ kind: 'delete', key });
  }

  get(key: string): KeyValueEntry | undefined {
    const reply = this.machine.query({ kind: 'get', key });
    return reply.kind === 'entry' ? reply.entry : undefined;
  }

  /** Keys of one page, and whether there are more. */
  list(
    prefix: string,
    after?: string,
    limit = 100,
  ): { readonly keys: readonly string[]; readonly hasMore: boolean } {
    const reply = this.machine.query({ kind: 'list', prefix, after, limit });
    if (reply.kind !== 'page') return { keys: [], hasMore: false };
    return { keys: reply.entries.map(({ key }) => key), hasMore: reply.hasMore };
  }
}
