export type { ReplicaId } from '../replica-id.ts';
export { randomReplicaId } from '../random-replica-id.ts';
export type { ApplyOutcome, Replica } from '../replica.ts';
export {
  type TextChange,
  TextDocument,
  type TextDocumentOptions,
  type TextPatch,
} from './text-document.ts';
