import { fromBase64, toBase64 } from '../../src/base64.ts';
import type {
  BoardAccess,
  BoardWatcher,
  Problem,
} from '../../src/dashboard/boards/board-client.ts';
import { type Board, openBoard } from '../../src/board/board.ts';

const unreachable: Problem = { code: 'unreachable', detail: 'nobody is there', indefinite: true };

/** A node that holds one board, without network and disk. */
export class FakeBoardNode {
  readonly board: Board = openBoard('node');
  readonly sent: Uint8Array[] = [];
  readonly #watchers = new Map<BoardWatcher, { known: Uint8Array }>();
  isUp = true;
  /** What it answers in place of a confirmation. */
  refusal: Problem | undefined;
  /** Whether it leaves out what it should tell watchers. */
  isSilent = false;

  /** The way to it, under the name of a node. */
  access(nodeId = 'n1'): BoardAccess {
    return {
      nodeId,
      send: async (text) => {
        if (!this.isUp) return { kind: 'problem', problem: unreachable };
        this.sent.push(fromBase64(text));
        this.board.apply(fromBase64(text));
        this.tell();
        if (this.refusal !== undefined) return { kind: 'problem', problem: this.refusal };
        return { kind: 'done', version: toBase64(this.board.encodeVersion()), copies: 2 };
      },
      sync: async (since) => {
        if (!this.isUp) return { kind: 'problem', problem: unreachable };
        const updates = this.board.updatesSince(fromBase64(since)).map(toBase64);
        return { kind: 'updates', updates };
      },
      watch: (since, watcher) => {
        if (!this.isUp) {
          void Promise.resolve().then(() => watcher.ended(unreachable));
          return () => undefined;
        }
        this.#watchers.set(watcher, { known: fromBase64(since) });
        watcher.opened();
        this.tell();
        return () => this.#watchers.delete(watcher);
      },
    };
  }

  /** Tells watchers what they lack. */
  tell(): void {
    for (const [watcher, state] of this.#watchers) {
      const updates = this.board.updatesSince(state.known).map(toBase64);
      state.known = this.board.encodeVersion();
      if (updates.length > 0 && !this.isSilent) watcher.news(updates);
    }
  }

  /** Ends all its streams. */
  crash(): void {
    this.isUp = false;
    const watchers = [...this.#watchers.keys()];
    this.#watchers.clear();
    for (const watcher of watchers) watcher.ended(unreachable);
  }
}
