export { CountMin, type CountMinOptions, type CountMinSize } from './count-min.ts';
export { HyperLogLog, type HyperLogLogOptions } from './hyper-log-log.ts';
