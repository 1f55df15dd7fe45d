export { decodeVectorClock, encodeVectorClock } from './clock-codec.ts';
export { decodeVectorClockDelta, encodeVectorClockDelta } from './clock-delta.ts';
export { decodeTimestamp, encodeTimestamp, writeTimestamp } from './hybrid-timestamp-codec.ts';
export { decodeStamp, encodeStamp } from './stamp-codec.ts';
