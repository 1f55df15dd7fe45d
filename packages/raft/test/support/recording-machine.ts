import type { StateMachine } from '../../src/state-machine.ts';

/** Bytes of a command: its id, and padding that makes messages and segments fill up. */
export function commandOf(commandId: number, sizeBytes: number): Uint8Array {
  const command = new Uint8Array(Math.max(4, sizeBytes)).fill(commandId & 0xff);
  new DataView(command.buffer).setUint32(0, commandId);
  return command;
}

/** Told of every command, on every replica. */
export interface MachineObserver {
  /** After `commandId` at `logIndex` the state of this replica has this digest. */
  onApplied(logIndex: number, commandId: number, digest: number): void;
  /** A snapshot whose last command stands at `logIndex` brought this digest. */
  onRestored(logIndex: number, digest: number): void;
}

/** A state machine that remembers which commands it saw, and a digest of their order. */
export class RecordingMachine implements StateMachine {
  readonly #observer: MachineObserver;
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

  get digest(): number {
    return this.#digest;
  }

  get logIndex(): number {
    return this.#logIndex;
  }

  apply(command: Uint8Array, logIndex: number): Uint8Array {
    let digest = mix(this.#digest, logIndex);
    for (const byte of command) digest = mix(digest, byte);
    const commandId = new DataView(command.buffer, command.byteOffset).getUint32(0);
    this.#digest = digest;
    this.#logIndex = logIndex;
    this.#commandIds.add(commandId);
    this.#observer.onApplied(logIndex, commandId, digest);
    return command.slice(0, 4);
  }

  snapshot(): Uint8Array {
    const words = Uint32Array.of(this.#logIndex, this.#digest, ...this.#commandIds);
    return new Uint8Array(words.buffer);
  }

  restore(snapshot: Uint8Array): void {
    const [logIndex = 0, digest = 0, ...commandIds] = new Uint32Array(snapshot.slice().buffer);
    this.#logIndex = logIndex;
    this.#digest = digest;
    this.#commandIds = new Set(commandIds);
    this.#observer.onRestored(logIndex, digest);
  }
}

function mix(digest: number, word: number): number {
  const mixed = Math.imul(digest ^ word, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
