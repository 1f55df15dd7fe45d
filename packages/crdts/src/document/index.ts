export type { ReplicaId } from '../replica-id.ts';
export { randomReplicaId } from '../random-replica-id.ts';
export type { ApplyOutcome, Replica } from '../replica.ts';
export type { EventRange } from '../graph/causal-graph.ts';
export type { Value } from '../log/value.ts';
export type { TextPatch } from '../text/text-document.ts';
export type { CursorSide, TextCursor } from '../text/text-cursor.ts';
export type { TextAuthorship } from '../text/text-history.ts';
export type { MarkGrowth, TextRun } from '../text/text-marks.ts';
export type { Author, AuthorRange } from './author.ts';
export { doesCover } from '../history/does-cover.ts';
export type { Change, Path } from './changes.ts';
export {
  type BranchOptions,
  type Commit,
  type DocumentChange,
  JsonDocument,
  type JsonDocumentOptions,
  type JsonLoadOptions,
  type TransactionOptions,
} from './json-document.ts';
export type { Live, LiveAny, Shown } from './live.ts';
export type { LiveCounter } from './live-counter.ts';
export type { LiveList, LiveMovableList } from './live-list.ts';
export { type LiveMap, type LiveRecord, recordOf, type RegisterFields } from './live-map.ts';
export type { LiveText } from './live-text.ts';
export type { LiveNode, LiveTree, TreePlace } from './live-tree.ts';
export {
  type AnySchema,
  type CounterSchema,
  type FieldSchemas,
  type Infer,
  type ListSchema,
  type MapLikeSchema,
  type MapSchema,
  type RecordSchema,
  type RegisterSchema,
  type Schema,
  schema,
  type TextSchema,
  type TreeNodeData,
  type TreeSchema,
} from './schema.ts';
export { mark, runs, unmark } from './marking.ts';
export { saveShallow } from './shallow-document.ts';
export { takeBack } from './take-back.ts';
export { UndoManager, type Undoable, type UndoManagerOptions } from './undo-manager.ts';
