import type { History } from '../history.ts';
import type { Annotation } from '../report/annotation.ts';

/** What a file held. */
export interface Recording {
  /** As the file has them: whether they suit a model is for `historyFor` to check. */
  readonly history: History<unknown, unknown>;
  /** Faults and the like, at times of the history. */
  readonly annotations: readonly Annotation[];
}
