export { decodeCountMin, encodeCountMin } from '../codec/count-min-codec.ts';
export { decodeHyperLogLog, encodeHyperLogLog } from '../codec/hyper-log-log-codec.ts';
export {
  CountMin,
  type CountMinCounted,
  type CountMinOptions,
  type CountMinSize,
} from './count-min.ts';
export { HyperLogLog, type HyperLogLogOptions } from './hyper-log-log.ts';
