import type { StateMachine } from '@quorate/raft';

const nothing = new Uint8Array(0);
const keyDecoder = new TextDecoder();
const keyEncoder = new TextEncoder();

/** `key length u8 | key | value`. */
export function putCommand(key: Uint8Array, value: Uint8Array): Uint8Array {
  const command = new Uint8Array(1 + key.length + value.length);
  command[0] = key.length;
  command.set(key, 1);
  command.set(value, 1 + key.length);
  return command;
}

/** The least a key-value store can be: puts into a map. */
export class KvStateMachine implements StateMachine {
  #values = new Map<string, Uint8Array>();

  get size(): number {
    return this.#values.size;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(keyDecoder.decode(key));
  }

  apply(command: Uint8Array): Uint8Array {
    const keyBytes = command[0] ?? 0;
    const key = keyDecoder.decode(command.subarray(1, 1 + keyBytes));
    this.#values.set(key, command.slice(1 + keyBytes));
    return nothing;
  }

  snapshot(): Uint8Array {
    const items = Array.from(this.#values, ([key, value]) =>
      putCommand(keyEncoder.encode(key), value),
    );
    const sizeBytes = items.reduce((sum, item) => sum + 4 + item.length, 0);
    const bytes = new Uint8Array(sizeBytes);
    const view = new DataView(bytes.buffer);
    let offset = 0;
    for (const item of items) {
      view.setUint32(offset, item.length);
      bytes.set(item, offset + 4);
      offset += 4 + item.length;
    }
    return bytes;
  }

  restore(snapshot: Uint8Array): void {
    this.#values = new Map();
    const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.length);
    for (let offset = 0; offset < snapshot.length;) {
      const sizeBytes = view.getUint32(offset);
      this.apply(snapshot.subarray(offset + 4, offset + 4 + sizeBytes));
      offset += 4 + sizeBytes;
    }
  }
}
