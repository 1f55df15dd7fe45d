import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { SessionRequest } from '../../src/sessions/messages.ts';
import { RESPONSE_OVERHEAD_BYTES, type SessionLimits } from '../../src/sessions/session-table.ts';
import { SessionLog } from '../support/session-log.ts';

const limits: SessionLimits = {
  ttlMs: 20,
  sessionCountMax: 3,
  backlogMax: 3,
  backlogBytesMax: 2 * RESPONSE_OVERHEAD_BYTES + 20,
  storedBytesMax: 4 * RESPONSE_OVERHEAD_BYTES + 20,
};

interface Applied {
  readonly sessionId: number;
  readonly sequence: number;
  readonly response: string;
}

interface Heard {
  readonly sessionId: number;
  readonly nonce: string;
  readonly atMs: number;
  readonly through: number;
}

/**
 * The slow twin: remembers everything that ever happened, and looks through all of it for each
 * request. Nothing is kept up to date but two lists.
 */
class Historian {
  clockMs = 0;
  lines: string[] = [];
  /** In the order of use. */
  heard: readonly Heard[] = [];
  applied: readonly Applied[] = [];
  logIndex = 0;

  commit(stampMs: number, request: SessionRequest): string {
    this.logIndex += 1;
    this.clockMs = Math.max(this.clockMs, stampMs);
    for (const { sessionId, atMs } of this.heard) {
      if (atMs + limits.ttlMs <= this.clockMs) this.#end(sessionId);
    }
    const session = this.#sessionOf(request);
    if (request.kind === 'open') {
      if (session === undefined) {
        while (this.heard.length >= limits.sessionCountMax) this.#endFirst();
        const opened = { sessionId: this.logIndex, nonce: request.nonce, through: 0, atMs: 0 };
        this.#hear(opened, 0);
        return `opened ${this.logIndex}`;
      }
      this.#hear(session, 0);
      return `opened ${session.sessionId}`;
    }
    if (request.kind === 'close') {
      if (session !== undefined) this.#end(session.sessionId);
      return 'done';
    }
    if (session === undefined) return 'expired';
    this.#hear(session, request.acknowledgedThrough);
    return request.kind === 'keepAlive' ? 'done' : this.#call(request);
  }

  #call(call: Extract<SessionRequest, { readonly kind: 'call' }>): string {
    const { sessionId, sequence, payload } = call;
    const { through = 0 } = this.#sessionOf(call) ?? {};
    if (sequence <= through) return 'forgotten';
    const kept = this.#keptOf(sessionId);
    const repeated = kept.find((one) => one.sequence === sequence);
    if (repeated !== undefined) return repeated.response;
    if (kept.length >= limits.backlogMax || bytesOf(kept) >= limits.backlogBytesMax) {
      return 'backlog';
    }
    this.lines.push(new TextDecoder().decode(payload));
    const response = this.lines.join(' ');
    this.applied = [...this.applied, { sessionId, sequence, response }];
    while (
      bytesOf(this.heard.flatMap((each) => this.#keptOf(each.sessionId))) > limits.storedBytesMax
    ) {
      this.#endFirst();
    }
    return response;
  }

  #keptOf(sessionId: number): readonly Applied[] {
    const { through = 0 } = this.heard.find((each) => each.sessionId === sessionId) ?? {};
    return this.applied.filter((one) => one.sessionId === sessionId && one.sequence > through);
  }

  #sessionOf(request: SessionRequest): Heard | undefined {
    return this.heard.find((each) =>
      request.kind === 'open' ? each.nonce === request.nonce : each.sessionId === request.sessionId,
    );
  }

  #hear(session: Heard, through: number): void {
    const others = this.heard.filter((each) => each.sessionId !== session.sessionId);
    const highest = Math.max(session.through, through);
    this.heard = [...others, { ...session, atMs: this.clockMs, through: highest }];
  }

  #endFirst(): void {
    const [first] = this.heard;
    if (first !== undefined) this.#end(first.sessionId);
  }

  #end(sessionId: number): void {
    this.heard = this.heard.filter((each) => each.sessionId !== sessionId);
    this.lines.push(`-${sessionId}@${this.logIndex}`);
  }
}

function bytesOf(kept: readonly Applied[]): number {
  return kept.reduce((sum, { response }) => sum + response.length + RESPONSE_OVERHEAD_BYTES, 0);
}

const sessionId = fc.integer({ min: 1, max: 8 });
const request: fc.Arbitrary<SessionRequest> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('open'), nonce: fc.constantFrom('a', 'b', 'c', 'd') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close'), sessionId }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('keepAlive'),
      sessionId,
      acknowledgedThrough: fc.nat(4),
    }),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({ sessionId, sequence: fc.integer({ min: 1, max: 6 }), outstanding: fc.nat(5) })
      .map(({ sequence, outstanding, ...call }) => ({
        ...call,
        kind: 'call' as const,
        sequence,
        acknowledgedThrough: Math.max(0, sequence - 1 - outstanding),
        payload: Uint8Array.of(96 + sequence),
      })),
  },
);

test('agrees with one that remembers everything and looks through it each time', () => {
  const steps = fc.array(fc.record({ request, elapsedMs: fc.integer({ min: -3, max: 6 }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, fc.nat(60), (chosen, restoreAt) => {
      let log = new SessionLog(limits);
      const slow = new Historian();
      for (const [place, step] of chosen.entries()) {
        if (place === restoreAt) log = restoredFrom(log);
        log.stampMs = Math.max(0, log.stampMs + step.elapsedMs);
        const expected = slow.commit(log.stampMs, step.request);
        expect(shown(log, step.request)).toBe(expected);
        expect(log.ledger.lines).toEqual(slow.lines);
        expect(log.machine.sessionCount).toBe(slow.heard.length);
        expect(log.machine.storedBytes).toBeLessThanOrEqual(limits.storedBytesMax);
      }
    }),
    { numRuns: 400 },
  );
});

/** What `request` is answered, as the twin says it. */
function shown(log: SessionLog, request: SessionRequest): string {
  const answer = log.commit(request);
  switch (answer.kind) {
    case 'opened':
      return `opened ${answer.sessionId}`;
    case 'applied':
      return new TextDecoder().decode(answer.response);
    case 'done':
      return 'done';
    case 'refused':
      return answer.reason;
  }
}

function restoredFrom(log: SessionLog): SessionLog {
  const restored = new SessionLog(limits);
  restored.machine.restore(log.machine.snapshot());
  restored.logIndex = log.logIndex;
  restored.stampMs = log.stampMs;
  return restored;
}
