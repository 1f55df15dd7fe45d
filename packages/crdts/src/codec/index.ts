export type { ReplicaId } from '../replica-id.ts';
export { gCounterCodec } from './g-counter-codec.ts';
