import type { KeyValueInput } from '@quorate/linearizability';

import type { StateMachine } from '../../src/state-machine.ts';

/** What changes a key-value store. */
export type RegisterChange = Exclude<KeyValueInput, { readonly kind: 'get' }>;

/** A map from texts to texts, with put, append, delete and compare-and-set. Commands are JSON. */
export class RegisterMachine implements StateMachine {
  #values = new Map<string, string>();

  static encode(change: RegisterChange): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(change));
  }

  /** Whether a compare-and-set took place; `null` for the others. */
  static decodeResult(result: Uint8Array): boolean | null {
    return JSON.parse(new TextDecoder().decode(result)) as boolean | null;
  }

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  apply(command: Uint8Array): Uint8Array {
    const change = JSON.parse(new TextDecoder().decode(command)) as RegisterChange;
    return new TextEncoder().encode(JSON.stringify(this.#change(change)));
  }

  snapshot(): Uint8Array {
    return new TextEncoder().encode(JSON.stringify([...this.#values]));
  }

  restore(snapshot: Uint8Array): void {
    const entries = JSON.parse(new TextDecoder().decode(snapshot)) as [string, string][];
    this.#values = new Map(entries);
  }

  #change(change: RegisterChange): boolean | null {
    switch (change.kind) {
      case 'put':
        this.#values.set(change.key, change.value);
        return null;
      case 'append':
        this.#values.set(change.key, (this.get(change.key) ?? '') + change.value);
        return null;
      case 'delete':
        this.#values.delete(change.key);
        return null;
      case 'cas': {
        const isSwapped = this.get(change.key) === change.expected;
        if (isSwapped) this.#values.set(change.key, change.value);
        return isSwapped;
      }
    }
  }
}
