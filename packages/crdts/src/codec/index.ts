export type { ReplicaId } from '../replica-id.ts';
export { gCounterCodec } from './g-counter-codec.ts';
export { boundedCounterCodec } from './bounded-counter-codec.ts';
export { pnCounterCodec } from './pn-counter-codec.ts';
export { gSetCodec, twoPhaseSetCodec } from './set-codec.ts';
export { lwwMapCodec, lwwRegisterCodec, lwwSetCodec } from './lww-codec.ts';
