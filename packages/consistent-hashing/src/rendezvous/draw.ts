import { avalanche } from '../replicas.ts';

/** One number of a key and of who competes for it together, as an int32. */
export function draw(high: number, low: number): number {
  return avalanche(Math.imul(avalanche(low), 0x9e3779b1) ^ high);
}

/** 32 more bits of a competitor whose first 32 are `first`, where those are too coarse. */
export function moreOf(first: number, low: number, byHigh: number): number {
  return avalanche(first ^ low ^ byHigh);
}
