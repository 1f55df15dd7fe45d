export type { ReplicaId } from '../replica-id.ts';
