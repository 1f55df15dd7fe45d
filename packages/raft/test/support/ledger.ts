import type { SessionedMachine, SessionOrigin } from '../../src/sessions/session-machine.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes down what it is told, each time it is told. The response is what it holds afterwards. */
export class Ledger implements SessionedMachine {
  lines: string[] = [];
  origins: SessionOrigin[] = [];

  apply(command: Uint8Array, _logIndex: number, origin: SessionOrigin): Uint8Array {
    this.lines.push(decoder.decode(command));
    this.origins.push(origin);
    return encoder.encode(this.lines.join(' '));
  }

  endSession(sessionId: number, logIndex: number): void {
    this.lines.push(`-${sessionId}@${logIndex}`);
  }

  snapshot(): Uint8Array {
    return encoder.encode(JSON.stringify(this.lines));
  }

  restore(snapshot: Uint8Array): void {
    this.lines = JSON.parse(decoder.decode(snapshot)) as string[];
  }
}
