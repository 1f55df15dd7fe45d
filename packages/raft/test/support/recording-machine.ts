import type { StateMachine } from '../../src/state-machine.ts';

/** What a command does to the registers. A value is the id of the command that wrote it. */
export type Command = { readonly id: number; readonly key: number } & (
  | { readonly kind: 'write' }
  /** Writes only where `expected` stands; 0 is nothing. */
  | { readonly kind: 'compareAndSet'; readonly expected: number }
);

/** `command` as bytes, with padding that makes messages and segments fill up. */
export function commandOf(command: Command, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(11, sizeBytes)).fill(command.id & 0xff);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, command.id);
  view.setUint8(4, command.kind === 'write' ? 0 : 1);
  view.setUint16(5, command.key);
  view.setUint32(7, command.kind === 'write' ? 0 : command.expected);
  return bytes;
}

/** Told of every command, on every replica. */
export interface MachineObserver {
  /** After `commandId` at `logIndex` the state of this replica has this digest. */
  onApplied(logIndex: number, commandId: number, digest: number): void;
  /** A snapshot whose last command stands at `logIndex` brought this digest. */
  onRestored(logIndex: number, digest: number): void;
}

/** Registers, and a memory of which commands were seen, with a digest of their order. */
export class RecordingMachine implements StateMachine {
  readonly #observer: MachineObserver;
  #registers = new Map<number, number>();
  #commandIds = new Set<number>();
  #digest = 0;
  /** Where the last command stood. */
  #logIndex = 0;

  constructor(observer: MachineObserver) {
    this.#observer = observer;
  }

  get commandIds(): ReadonlySet<number> {
    return this.#commandIds;
  }

  get digestNumber(): number {
    return this.#digest;
  }

  get logIndex(): number {
    return this.#logIndex;
  }

  /** The id of the command that wrote `key` last; 0 if none did. */
  get(key: number): number {
    return this.#registers.get(key) ?? 0;
  }

  /** @returns One byte: 1 if the command took place. */
  apply(command: Uint8Array, logIndex: number): Uint8Array {
    let digest = mix(this.#digest, logIndex);
    for (const byte of command) digest = mix(digest, byte);
    const view = new DataView(command.buffer, command.byteOffset);
    const commandId = view.getUint32(0);
    const key = view.getUint16(5);
    const takesPlace = view.getUint8(4) === 0 || view.getUint32(7) === this.get(key);
    if (takesPlace) this.#registers.set(key, commandId);
    this.#digest = digest;
    this.#logIndex = logIndex;
    this.#commandIds.add(commandId);
    this.#observer.onApplied(logIndex, commandId, digest);
    return Uint8Array.of(takesPlace ? 1 : 0);
  }

  snapshot(): Uint8Array {
    const registers = [...this.#registers].flat();
    const head = [this.#logIndex, this.#digest, registers.length];
    return new Uint8Array(Uint32Array.of(...head, ...registers, ...this.#commandIds).buffer);
  }

  restore(snapshot: Uint8Array): void {
    const words = [...new Uint32Array(snapshot.slice().buffer)];
    const [logIndex = 0, digest = 0, registerWords = 0] = words;
    const registers = words.slice(3, 3 + registerWords);
    this.#logIndex = logIndex;
    this.#digest = digest;
    this.#registers = new Map();
    for (let at = 0; at < registers.length; at += 2) {
      this.#registers.set(registers[at] ?? 0, registers[at + 1] ?? 0);
    }
    this.#commandIds = new Set(words.slice(3 + registerWords));
    this.#observer.onRestored(logIndex, digest);
  }
}

function mix(digest: number, word: number): number {
  const mixed = Math.imul(digest ^ word, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
