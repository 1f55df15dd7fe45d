export { decodeTimestamp, encodeTimestamp, writeTimestamp } from './hybrid-timestamp-codec.ts';
