/*
 * What one client may rely on from a store that is weaker than linearizable, and what each promise
 * says about the order of writes to one key:
 *
 *   read your writes      w1 by me, then I read w2          w1 is not after w2
 *   monotonic reads       I read w1, then I read w2         w1 is not after w2
 *   monotonic writes      w1 by me, then w2 by me           w1 is before w2
 *   writes follow reads   I read w1, then I write w2        w1 is before w2
 *
 * Nobody saw the order of the writes, so any will do: a guarantee holds if there is one order of
 * the writes of each key that satisfies all of its constraints, which is so unless they form a
 * cycle. Each guarantee may hold with an order of its own and still no order satisfy all four: who
 * wrote 1 and then 2 wants the one, who read 2 and then 1 the other. That is found as 'together'.
 * Each value must be written at most once per key, or nobody could tell what a read read.
 *
 * Source: D. Terry et al., "Session guarantees for weakly consistent replicated data", PDIS 1994.
 */

import { HistoryError } from './errors.ts';
import { type History, validateHistory } from './history.ts';

/** The four guarantees of Terry et al. */
export type SessionGuarantee =
  'readYourWrites' | 'monotonicReads' | 'monotonicWrites' | 'writesFollowReads';

/** Which promise is broken: one of the four, or, if each holds alone, that of all four at once. */
export type SessionPromise = SessionGuarantee | 'together';

/** What an operation did, as far as session guarantees care. `null`: the key was missing. */
export type Access =
  | { readonly kind: 'read'; readonly key: string; readonly value: string | null }
  | { readonly kind: 'write'; readonly key: string; readonly value: string }
  | { readonly kind: 'other' };

/** Values of one key of which each must have been written before the next, in a circle. */
export interface SessionViolation {
  readonly guarantee: SessionPromise;
  readonly key: string;
  /** The first is repeated at the end. `null` is what was there before any write. */
  readonly cycle: readonly (string | null)[];
}

/** What is before what, for one key. */
type Constraints = Map<string | null, Set<string | null>>;

/**
 * Which session guarantees `history` breaks.
 *
 * @param accessOf - Says what an operation that returned did. One process is one session.
 * @returns At most one violation per guarantee and key; none if one order satisfies all four.
 * @throws HistoryError if no clients can have recorded `history`, or a value of one key is written
 *   twice, or read but never written.
 *
 * @remarks O(n) constraints: only neighbours in a session are compared, the rest follows.
 */
export function checkSessionGuarantees<Input, Output>(
  history: History<Input, Output>,
  accessOf: (input: NoInfer<Input>, output?: NoInfer<Output>) => Access,
): readonly SessionViolation[] {
  validateHistory(history);
  const sessions = sessionsOf(history, accessOf);
  const alone = guarantees.flatMap((guarantee) => violationsOf(guarantee, [guarantee], sessions));
  const keys = new Set(alone.map(({ key }) => key));
  const together = violationsOf('together', guarantees, sessions);
  return [...alone, ...together.filter(({ key }) => !keys.has(key))];
}

const guarantees = [
  'readYourWrites',
  'monotonicReads',
  'monotonicWrites',
  'writesFollowReads',
] as const satisfies readonly SessionGuarantee[];

type Session = readonly Exclude<Access, { kind: 'other' }>[];

function sessionsOf<Input, Output>(
  history: History<Input, Output>,
  accessOf: (input: NoInfer<Input>, output?: NoInfer<Output>) => Access,
): Session[] {
  const written = new Set<string>();
  const reads: Exclude<Access, { kind: 'other' }>[] = [];
  const sessions = new Map<string | number, Exclude<Access, { kind: 'other' }>[]>();
  for (const operation of history.toSorted((left, right) => left.callTime - right.callTime)) {
    const { outcome, input, process } = operation;
    if (outcome.kind === 'fail') continue;
    const access = outcome.kind === 'ok' ? accessOf(input, outcome.output) : accessOf(input);
    if (access.kind === 'other' || (access.kind === 'read' && outcome.kind === 'info')) continue;
    if (access.kind === 'read') reads.push(access);
    else noteWrite(written, access.key, access.value);
    const session = sessions.get(process);
    if (session === undefined) sessions.set(process, [access]);
    else session.push(access);
  }
  for (const { key, value } of reads) {
    if (value === null || written.has(identity(key, value))) continue;
    throw new HistoryError(`key ${key}: expected a write of ${value}, which was read, got none`);
  }
  return [...sessions.values()];
}

function noteWrite(written: Set<string>, key: string, value: string): void {
  const write = identity(key, value);
  if (written.has(write)) {
    throw new HistoryError(
      `key ${key}: expected each value to be written once, got ${value} twice`,
    );
  }
  written.add(write);
}

function identity(key: string, value: string): string {
  return JSON.stringify([key, value]);
}

function violationsOf(
  guarantee: SessionPromise,
  demanded: readonly SessionGuarantee[],
  sessions: readonly Session[],
): SessionViolation[] {
  const byKey = new Map<string, Constraints>();
  for (const session of sessions) for (const each of demanded) constrain(each, session, byKey);
  return Array.from(byKey).flatMap(([key, constraints]) => {
    const cycle = cycleIn(constraints);
    return cycle === undefined ? [] : [{ guarantee, key, cycle }];
  });
}

/** Adds what `guarantee` demands of one session: from each access to the next that matters. */
function constrain(
  guarantee: SessionGuarantee,
  session: Session,
  byKey: Map<string, Constraints>,
): void {
  const isAfterWrite = guarantee === 'readYourWrites' || guarantee === 'monotonicWrites';
  const earlierKind = isAfterWrite ? 'write' : 'read';
  const laterKind =
    guarantee === 'readYourWrites' || guarantee === 'monotonicReads' ? 'read' : 'write';
  const earlier = new Map<string, string | null>();
  for (const { kind, key, value } of session) {
    const before = earlier.get(key);
    if (kind === laterKind && before !== undefined && before !== value) {
      addBefore(byKey, key, before, value);
    }
    if (kind === earlierKind) earlier.set(key, value);
  }
}

function addBefore(
  byKey: Map<string, Constraints>,
  key: string,
  before: string | null,
  after: string | null,
): void {
  const constraints: Constraints = byKey.get(key) ?? new Map<string | null, Set<string | null>>();
  byKey.set(key, constraints);
  successorsOf(constraints, before).add(after);
  // What was there before any write comes first, so nothing can come before it.
  if (after === null) successorsOf(constraints, null).add(before);
}

function successorsOf(constraints: Constraints, value: string | null): Set<string | null> {
  const known = constraints.get(value);
  if (known !== undefined) return known;
  const successors = new Set<string | null>();
  constraints.set(value, successors);
  return successors;
}

/** Depth-first search without recursion: histories may be long. */
function cycleIn(constraints: Constraints): (string | null)[] | undefined {
  const done = new Set<string | null>();
  for (const start of constraints.keys()) {
    if (done.has(start)) continue;
    const path: (string | null)[] = [start];
    const onPath = new Set(path);
    const pending = [[...(constraints.get(start) ?? [])]];
    while (path.length > 0) {
      const next = pending.at(-1)?.pop();
      if (next === undefined) {
        const left = path.pop() ?? null;
        pending.pop();
        onPath.delete(left);
        done.add(left);
        continue;
      }
      if (onPath.has(next)) return [...path.slice(path.indexOf(next)), next];
      if (done.has(next)) continue;
      path.push(next);
      onPath.add(next);
      pending.push([...(constraints.get(next) ?? [])]);
    }
  }
  return undefined;
}
