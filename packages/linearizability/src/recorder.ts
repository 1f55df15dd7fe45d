import type { History, Operation, Outcome } from './history.ts';

/** Any clock that never goes back, such as the `Clock` of `@quorate/transport`. */
export interface RecorderClock {
  /** Monotonic milliseconds. */
  nowMs(): number;
}

/** How an error that a client threw is to be understood. */
export type ErrorKind =
  | 'fail' // The operation certainly did not and will not happen.
  | 'info'; // Nobody knows.

/** Records what clients see while they work. */
export interface Recorder<Input, Output> {
  /**
   * Calls `operation` on behalf of `process` and records how it went.
   *
   * @param process - The client. At most one of its operations may be open at a time.
   * @returns What `operation` returned.
   * @throws Whatever `operation` throws, once it is recorded; RangeError if `process` has an
   *   operation open.
   *
   * @remarks
   * After an outcome that nobody knows, a process is retired and its next operations are recorded
   * under a new name (`c1`, then `c1#2`): the lost operation may still take effect beside them.
   */
  run<Result extends Output>(
    process: string,
    input: Input,
    operation: () => Result | Promise<Result>,
  ): Promise<Result>;

  /** All operations so far; those still open are of unknown outcome. A copy. */
  history(): History<Input, Output>;
}

interface Client {
  /** As recorded. */
  name: string;
  generation: number;
  isOpen: boolean;
}

interface Recorded<Input, Output> {
  readonly process: string;
  readonly input: Input;
  readonly callTime: number;
  outcome: Outcome<Output>;
}

/**
 * A recorder whose times are those of `clock`.
 *
 * @param clock - One clock for all clients, or the order of times means nothing.
 * @param kindOf - Tells errors apart. Default: an error whose property `definite` is true certainly
 *   did not happen (as the errors of `@quorate/transport` say); of any other nobody knows.
 */
export function recorder<Input, Output>(
  clock: RecorderClock,
  kindOf: (error: unknown) => ErrorKind = kindByDefiniteness,
): Recorder<Input, Output> {
  const recorded: Recorded<Input, Output>[] = [];
  const clients = new Map<string, Client>();
  const names = new Set<string>();

  /** Gives `client` the next name that nobody has, be it one that a user chose for another. */
  const rename = (client: Client, process: string): void => {
    do {
      client.generation += 1;
      client.name = client.generation === 1 ? process : `${process}#${client.generation}`;
    } while (names.has(client.name));
    names.add(client.name);
  };

  const clientOf = (process: string): Client => {
    const known = clients.get(process);
    if (known !== undefined) return known;
    const client = { name: process, generation: 0, isOpen: false };
    rename(client, process);
    clients.set(process, client);
    return client;
  };

  return {
    async run(process, input, operation) {
      const client = clientOf(process);
      if (client.isOpen) {
        throw new RangeError(`process: expected ${process} to have no open operation, got one`);
      }
      client.isOpen = true;
      const entry: Recorded<Input, Output> = {
        process: client.name,
        input,
        callTime: clock.nowMs(),
        outcome: { kind: 'info' },
      };
      recorded.push(entry);
      try {
        const output = await operation();
        entry.outcome = { kind: 'ok', output, returnTime: clock.nowMs() };
        return output;
      } catch (error) {
        if (kindOf(error) === 'fail') {
          entry.outcome = { kind: 'fail', returnTime: clock.nowMs() };
        } else {
          rename(client, process);
        }
        throw error;
      } finally {
        client.isOpen = false;
      }
    },
    history: () => recorded.map((entry): Operation<Input, Output> => ({ ...entry })),
  };
}

function kindByDefiniteness(error: unknown): ErrorKind {
  const isDefinite =
    typeof error === 'object' && error !== null && Reflect.get(error, 'definite') === true;
  return isDefinite ? 'fail' : 'info';
}
