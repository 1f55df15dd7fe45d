export type { ReplicaId } from '../../replica-id.ts';
export { deltaAsOperation, type OperationType } from './operation-type.ts';
export {
  boundedCounterOperations,
  type EscrowOperation,
  gCounterOperations,
  pnCounterOperations,
} from './counter-operations.ts';
export {
  type KeyOperation,
  lwwMapOperations,
  lwwRegisterOperations,
  lwwSetOperations,
  type WriteOperation,
} from './last-write-operations.ts';
export type { CausalOperations, DotContent, DottedOperation } from './dotted-operation.ts';
export {
  awMapOperations,
  awSetOperations,
  causalCounterOperations,
  dwFlagOperations,
  ewFlagOperations,
  type KeyContent,
  mvRegisterOperations,
  rwSetOperations,
} from './causal-operations.ts';
export { type Insertion, type ListOperation, orderedListOperations } from './list-operations.ts';
export { type MovableListOperation, movableListOperations } from './movable-list-operations.ts';
export { movableTreeOperations, type TreeOperation } from './tree-operations.ts';
