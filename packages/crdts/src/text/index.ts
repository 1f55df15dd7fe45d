export type { ReplicaId } from '../replica-id.ts';
export { randomReplicaId } from '../random-replica-id.ts';
export type { ApplyOutcome, Replica } from '../replica.ts';
export {
  type TextChange,
  TextDocument,
  type TextDocumentOptions,
  type TextLoadOptions,
  type TextPatch,
} from './text-document.ts';
export { mark, runs, unmark } from './marking.ts';
export type { MarkGrowth, TextRun } from './text-marks.ts';
export { cursorAt, positionOf } from './cursors.ts';
export type { CursorSide, TextCursor } from './text-cursor.ts';
export { authorships, diff, textAt } from './past.ts';
export type { TextAuthorship } from './text-history.ts';
export { saveShallow } from './shallow-file.ts';
export type { Value } from '../log/value.ts';
