import type { WriteCondition } from '../config/config-command.ts';
import type { ConfigInput, ConfigOutput } from './config-model.ts';

/** What a client may do. `if seen`: only if the key is as the client saw it last. */
export type Action = 'get' | 'put' | 'put if seen' | 'delete' | 'delete if seen';

/** All of them, as often as they should be drawn. */
export const actions: readonly Action[] = [
  ...(['get', 'get', 'get', 'get', 'put', 'put', 'put', 'put'] as const),
  ...(['put if seen', 'put if seen', 'delete', 'delete if seen'] as const),
];

/** What one client remembers of the keys that it asked about. */
export class ClientMemory {
  /** 0 for a key that was not there. */
  readonly #revisions = new Map<string, number>();

  /** `action` as a call. A condition on a key that was never asked about: it is there. */
  inputOf(action: Action, key: string, value: string): ConfigInput {
    switch (action) {
      case 'get':
        return { kind: 'get', key };
      case 'put':
      case 'put if seen':
        return { kind: 'put', key, value, condition: this.#conditionOf(action, key) };
      case 'delete':
      case 'delete if seen':
        return { kind: 'delete', key, condition: this.#conditionOf(action, key) };
    }
  }

  /** Takes in what the client was told about `key`. */
  saw(key: string, output: ConfigOutput): void {
    this.#revisions.set(key, revisionIn(output));
  }

  #conditionOf(action: Action, key: string): WriteCondition {
    if (!action.endsWith('if seen')) return { kind: 'none' };
    const revision = this.#revisions.get(key);
    if (revision === undefined) return { kind: 'present' };
    return revision === 0 ? { kind: 'absent' } : { kind: 'revision', revision };
  }
}

function revisionIn(output: ConfigOutput): number {
  switch (output.kind) {
    case 'value':
    case 'written':
      return output.revision;
    case 'mismatch':
      return output.currentRevision ?? 0;
    case 'absent':
    case 'deleted':
      return 0;
  }
}
