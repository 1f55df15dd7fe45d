/**
 * The key-value service as one client alone would see it, for the checker: values with revisions,
 * conditional writes.
 *
 * The answer to a write carries its revision, but who never got the answer does not know it. It is
 * some number above every revision that the key had before. So a state says what is certain: the
 * revision, or the least that it can be until a read or a refused condition tells.
 */
import { type Model, UNKNOWN, type Unknown } from '@quorate/linearizability';

import type { ConfigCommand, WriteCondition } from '../config/config-command.ts';

/** What a client asks about one key. */
export type ConfigInput = { readonly kind: 'get'; readonly key: string } | ConfigCommand;

/** What it is told. */
export type ConfigOutput =
  /** To a get. */
  | { readonly kind: 'value'; readonly value: string; readonly revision: number }
  /** To a get or a delete: there is no such key. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'written'; readonly revision: number; readonly isNew: boolean }
  | { readonly kind: 'deleted' }
  /** The condition did not hold. `null`: there is no such key. */
  | { readonly kind: 'mismatch'; readonly currentRevision: number | null };

/** One key. */
export interface KeyState {
  /** `null`: there is no such key. */
  readonly value: string | null;
  /** The revision, or what it is at least. Of a key that is not there: what it had, at least. */
  readonly revision: number;
  readonly isExact: boolean;
}

/** The service. Keys are independent, so each is checked alone. */
export const configModel: Model<KeyState, ConfigInput, ConfigOutput> = {
  name: 'config',
  init: () => ({ value: null, revision: 0, isExact: false }),
  step: (state, input, output) => {
    if (input.kind === 'get') return afterGet(state, output);
    if (output === UNKNOWN) return afterUnknown(state, input);
    if (output.kind === 'mismatch') {
      return afterMismatch(state, input.condition, output.currentRevision);
    }
    return holding(state, input.condition).flatMap((met) => afterWrite(met, input, output));
  },
  partition: ({ input }) => input.key,
  // A get of a value is none: it may tell the revision of a write whose answer got lost.
  isRead: ({ kind }, output) => kind === 'get' && (output === UNKNOWN || output.kind === 'absent'),
  describeOperation: (input, output) => {
    const condition = input.kind === 'get' ? '' : describeCondition(input.condition);
    const value = input.kind === 'put' ? `, ${JSON.stringify(input.value)}` : '';
    return `${input.kind}(${input.key}${value})${condition} → ${describeOutput(output)}`;
  },
  describeState: ({ value, revision, isExact }) =>
    value === null ? 'absent' : `${JSON.stringify(value)} at ${isExact ? '' : '≥ '}${revision}`,
};

function afterGet(state: KeyState, output: ConfigOutput | Unknown): readonly KeyState[] {
  if (output === UNKNOWN) return [state];
  if (output.kind === 'absent') return state.value === null ? [state] : [];
  if (output.kind !== 'value' || output.value !== state.value) return [];
  return at(state, output.revision);
}

/** `state` if the key can be at `revision`, and then certainly is. */
function at(state: KeyState, revision: number): readonly KeyState[] {
  const isPossible = state.isExact ? revision === state.revision : revision >= state.revision;
  return state.value !== null && isPossible ? [{ ...state, revision, isExact: true }] : [];
}

/** `state` if `condition` can hold in it, and what that says about it. */
function holding(state: KeyState, condition: WriteCondition): readonly KeyState[] {
  switch (condition.kind) {
    case 'none':
      return [state];
    case 'absent':
      return state.value === null ? [state] : [];
    case 'present':
      return state.value === null ? [] : [state];
    case 'revision':
      return at(state, condition.revision);
  }
}

function afterWrite(
  state: KeyState,
  command: ConfigCommand,
  output: ConfigOutput,
): readonly KeyState[] {
  const isThere = state.value !== null;
  if (command.kind === 'put') {
    if (output.kind !== 'written' || output.isNew === isThere) return [];
    const { revision } = output;
    return revision > state.revision ? [{ value: command.value, revision, isExact: true }] : [];
  }
  if (output.kind === 'absent') return isThere ? [] : [state];
  return output.kind === 'deleted' && isThere ? [deleted(state)] : [];
}

/** A deletion takes a place in the log as a write does. */
function deleted({ revision }: KeyState): KeyState {
  return { value: null, revision: revision + 1, isExact: false };
}

function afterMismatch(
  state: KeyState,
  condition: WriteCondition,
  current: number | null,
): readonly KeyState[] {
  if (current === null) {
    const fails = condition.kind === 'present' || condition.kind === 'revision';
    return fails && state.value === null ? [state] : [];
  }
  const fails =
    condition.kind === 'absent' ||
    (condition.kind === 'revision' && condition.revision !== current);
  return fails ? at(state, current) : [];
}

/** It took effect, or its condition did not hold. */
function afterUnknown(state: KeyState, command: ConfigCommand): readonly KeyState[] {
  const { condition } = command;
  const taken = holding(state, condition).map((met): KeyState => {
    if (command.kind === 'delete') return met.value === null ? met : deleted(met);
    return { value: command.value, revision: met.revision + 1, isExact: false };
  });
  const isCertain = condition.kind !== 'revision' || state.isExact;
  return taken.length > 0 && isCertain ? taken : [...taken, state];
}

function describeCondition(condition: WriteCondition): string {
  switch (condition.kind) {
    case 'none':
      return '';
    case 'revision':
      return ` if at ${condition.revision}`;
    case 'absent':
    case 'present':
      return ` if ${condition.kind}`;
  }
}

function describeOutput(output: ConfigOutput | Unknown | undefined): string {
  // The checker knows an answer that nobody got as UNKNOWN, a history as none at all.
  if (output === UNKNOWN || output === undefined) return '?';
  switch (output.kind) {
    case 'value':
      return `${JSON.stringify(output.value)} at ${output.revision}`;
    case 'written':
      return `${output.isNew ? 'created' : 'written'} at ${output.revision}`;
    case 'mismatch':
      return `refused at ${output.currentRevision ?? 'none'}`;
    case 'absent':
    case 'deleted':
      return output.kind;
  }
}
