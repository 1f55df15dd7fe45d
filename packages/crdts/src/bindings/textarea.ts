export type { Replica } from '../replica.ts';
