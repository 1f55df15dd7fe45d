import type { ReadMode } from '../node/control/config-service.ts';
import type { Groups } from '../partition.ts';

/** Where a process listens. */
export interface Address {
  readonly host: string;
  /** 0..65535; 0 lets the system choose. */
  readonly port: number;
}

/** `demo`: a supervisor and its nodes. */
export interface StartCommand {
  readonly kind: 'start';
  /** 1..9. */
  readonly nodeCount: number;
  /** Of the page; the nodes take the ones after it. 0 picks free ones. */
  readonly port: number;
  /** `undefined`: a temporary directory that is removed at the end. */
  readonly dataDirectory: string | undefined;
  /** Requests per second to begin with, 0..5 000. */
  readonly loadPerSecond: number;
  readonly isJson: boolean;
  readonly controlFile: string | undefined;
}

/** `demo chaos`: a cluster of its own that is broken for a while, and a verdict. */
export interface ChaosCommand {
  readonly kind: 'chaos';
  /** 3..9. */
  readonly nodeCount: number;
  readonly durationMs: number;
  /** Requests per second, 2..5 000. */
  readonly ratePerSecond: number;
  /** Of the order of the faults. */
  readonly seed: number;
  readonly isJson: boolean;
}

/** `demo node`: one node process. */
export interface NodeCommand {
  readonly kind: 'node';
  readonly id: string;
  readonly listen: Address;
  readonly http: Address;
  readonly dataDirectory: string;
  readonly clusterId: string;
  readonly peers: ReadonlyMap<string, Address>;
}

/** What a shell command asks of the running demo. */
export type ControlAction =
  | { readonly kind: 'status' | 'heal' | 'stop' }
  | { readonly kind: 'kill' | 'pause' | 'restart'; readonly nodeId: string }
  | { readonly kind: 'resume'; readonly nodeId: string | undefined }
  | { readonly kind: 'partition'; readonly groups: Groups }
  | { readonly kind: 'load'; readonly ratePerSecond: number }
  | {
      readonly kind: 'get';
      readonly key: string;
      readonly nodeId: string | undefined;
      readonly readMode: ReadMode;
    }
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly value: string;
      readonly nodeId: string | undefined;
      readonly ifMatch: string | undefined;
    }
  | {
      readonly kind: 'delete';
      readonly key: string;
      readonly nodeId: string | undefined;
      readonly ifMatch: string | undefined;
    };

/** `demo kill n2` and its like: said to the demo that already runs. */
export interface ControlCommand {
  readonly kind: 'control';
  readonly action: ControlAction;
  readonly isJson: boolean;
  readonly controlFile: string | undefined;
}

/** `demo scenario`: stories in virtual time. */
export interface ScenarioCommand {
  readonly kind: 'scenario';
  /** `undefined`: all of them. */
  readonly name: string | undefined;
  /** Only say which there are. */
  readonly isList: boolean;
  readonly firstSeed: number;
  readonly lastSeed: number;
  readonly isJson: boolean;
}

/** `demo check`: a recorded history of the configuration. */
export interface CheckCommand {
  readonly kind: 'check';
  readonly file: string;
  /** Where to leave a page that shows it. */
  readonly htmlFile: string | undefined;
  readonly isJson: boolean;
}

/** What a command line means. */
export type Command =
  | ScenarioCommand
  | CheckCommand
  | StartCommand
  | ChaosCommand
  | NodeCommand
  | ControlCommand
  | { readonly kind: 'help' }
  /** The command line is wrong: say why, show the usage, exit with 2. */
  | { readonly kind: 'misuse'; readonly problem: string };
