/*
 * Undo for one person: what others did stays.
 *
 * A step is one or several transactions of this replica. To undo it is a transaction that takes
 * back their events, see document-state.ts, and what is needed to redo is that transaction itself.
 * So the two stacks hold numbers of events and nothing else, and are right however much arrives in
 * between.
 */
import type { EventRange } from '../graph/causal-graph.ts';
import type { Commit } from './json-document.ts';

/** The document, as far as an undo manager needs it. */
export interface Undoable {
  /** See `JsonDocument.onCommit`. */
  onCommit(listener: (commit: Commit) => void): () => void;
  /** See `JsonDocument.undo`. */
  undo(commits: readonly EventRange[]): EventRange;
}

/** How an undo manager works. */
export interface UndoManagerOptions {
  /** Whose transactions can be undone, by their origin. Default: 'local' alone. */
  readonly origins?: readonly string[];
  /**
   * Whether a transaction belongs to the step before it, so that a word is undone at once and not
   * letter by letter. Ask a clock here, or the editor. Default: it never does.
   */
  readonly joins?: (commit: Commit) => boolean;
  /** How many steps are kept, at least 1; the oldest are forgotten. Default: 1,000. */
  readonly stepCountMax?: number;
}

/** The events of one step, the latest last. */
type Step = EventRange[];

/**
 * Undo and redo of the local transactions of a document, selected by their origin.
 *
 * @example
 * ```ts
 * import { JsonDocument, UndoManager } from '@quorate/crdts/document';
 *
 * const document = new JsonDocument({ replicaId: 'ann' });
 * const manager = new UndoManager(document);
 * document.root.set('color', 'red');
 * document.root.set('color', 'blue');
 * manager.undo();
 * document.root.get('color'); // => 'red'
 * manager.redo();
 * document.root.get('color'); // => 'blue'
 * ```
 */
export class UndoManager {
  readonly #document: Undoable;
  readonly #end: () => void;
  readonly #undo: Step[] = [];
  readonly #redo: Step[] = [];
  /** Whether the next transaction may join the last step. */
  #isOpen = false;

  /** @throws RangeError if `stepCountMax` is below 1. */
  constructor(document: Undoable, options: UndoManagerOptions = {}) {
    const { origins = ['local'], joins, stepCountMax = 1_000 } = options;
    if (!(stepCountMax >= 1)) {
      throw new RangeError(`stepCountMax: expected at least 1, got ${stepCountMax}`);
    }
    this.#document = document;
    this.#end = document.onCommit((commit) => {
      if (!origins.includes(commit.origin)) return;
      this.#redo.length = 0;
      const last = this.#undo.at(-1);
      if (this.#isOpen && last !== undefined && joins?.(commit) === true) last.push(commit);
      else this.#undo.push([commit]);
      if (this.#undo.length > stepCountMax) this.#undo.shift();
      this.#isOpen = true;
    });
  }

  /** How many steps can be undone. */
  get undoCount(): number {
    return this.#undo.length;
  }

  /** How many steps can be redone. */
  get redoCount(): number {
    return this.#redo.length;
  }

  /** Takes back the last step; false if there is none. */
  undo(): boolean {
    return this.#step(this.#undo, this.#redo);
  }

  /** Brings back what was undone last; false if there is nothing, or after an edit. */
  redo(): boolean {
    return this.#step(this.#redo, this.#undo);
  }

  /** Says that the next transaction begins a step of its own. */
  seal(): void {
    this.#isOpen = false;
  }

  /** Forgets all steps. */
  clear(): void {
    this.#undo.length = 0;
    this.#redo.length = 0;
  }

  /** Ends listening to the document. */
  close(): void {
    this.#end();
  }

  #step(from: Step[], to: Step[]): boolean {
    const step = from.pop();
    if (step === undefined) return false;
    this.seal();
    to.push([this.#document.undo(step.toReversed())]);
    return true;
  }
}
