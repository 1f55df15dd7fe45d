export {
  type AsyncCheckOptions,
  check,
  type CheckOptions,
  type CheckProgress,
  type CheckResult,
  checkSync,
  type PartitionResult,
} from './checker.ts';
export {
  checkConvergence,
  type ConvergedGroup,
  type ConvergenceOptions,
  type ConvergenceResult,
} from './convergence.ts';
export type { Counterexample } from './counterexample.ts';
export { describeCounterexample } from './counterexample-text.ts';
export { HistoryError } from './errors.ts';
export { type History, type Operation, type Outcome, validateHistory } from './history.ts';
export { parseJepsenHistory, parseJepsenLog } from './importers/jepsen.ts';
export { formatJsonLines, parseJsonLines, parseRecording } from './importers/json-lines.ts';
export type { TextOrLines } from './importers/lines.ts';
export { parsePorcupineKeyValue } from './importers/porcupine.ts';
export type { Recording } from './importers/recording.ts';
export { historyFor } from './importers/vocabulary.ts';
export { type Model, UNKNOWN, type Unknown } from './model.ts';
export {
  casRegister,
  type CasRegisterInput,
  type CasRegisterOutput,
} from './models/cas-register.ts';
export { counter, type CounterInput, type CounterOutput } from './models/counter.ts';
export {
  fencedLock,
  type FencedLockInput,
  type FencedLockOutput,
  type FencedLockState,
} from './models/fenced-lock.ts';
export {
  keyValue,
  type KeyValueInput,
  type KeyValueOutput,
  type KeyValueState,
} from './models/key-value.ts';
export { log, type LogInput, type LogOutput } from './models/log.ts';
export {
  multiRegister,
  type MultiRegisterInput,
  type MultiRegisterOutput,
  type MultiRegisterState,
} from './models/multi-register.ts';
export { mutex, type MutexInput, type MutexOutput, type MutexState } from './models/mutex.ts';
export { queue, type QueueInput, type QueueOutput, type QueueState } from './models/queue.ts';
export {
  register,
  type RegisterInput,
  type RegisterOutput,
  type Scalar,
} from './models/register.ts';
export {
  semaphore,
  type SemaphoreInput,
  type SemaphoreOutput,
  type SemaphoreState,
} from './models/semaphore.ts';
export { itemsOf, type Sequence } from './models/sequence.ts';
export { set, type SetInput, type SetOutput } from './models/set.ts';
export { stack, type StackInput, type StackOutput } from './models/stack.ts';
export { type ErrorKind, type Recorder, recorder, type RecorderClock } from './recorder.ts';
export type { Annotation } from './report/annotation.ts';
export { htmlReport, type ReportOptions } from './report/html-report.ts';
export type { Verdict } from './search.ts';
export {
  type AsyncSequentialOptions,
  checkSequential,
  checkSequentialSync,
  type SequentialOptions,
  type SequentialResult,
} from './sequential.ts';
export {
  type Access,
  checkSessionGuarantees,
  type SessionGuarantee,
  type SessionPromise,
  type SessionViolation,
} from './session-guarantees.ts';
