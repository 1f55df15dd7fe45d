/** What those commands that run processes are told. */

import type { Address } from '../address.ts';
import type { NodeSettings } from '../runtime/node-settings.ts';
import type { LoadMix } from '../supervisor/load-mix.ts';
import type { CarrierChoice } from '../carriers/carrier.ts';
import type { ClusterCarrierChoice } from '../carriers/cluster-carrier.ts';

export type { Address };

/** `demo up`: a supervisor and its nodes. */
export interface StartCommand {
  /** 1..9. */
  readonly nodeCount: number;
  /** How many of them have a vote; at most all. */
  readonly voterCount: number;
  /** Of the page; the nodes take the ones after it. 0 picks free ones. */
  readonly port: number;
  /** `undefined`: a temporary directory that is removed at the end. */
  readonly dataDirectory: string | undefined;
  /** Requests per second to begin with, 0..5 000. */
  readonly loadPerSecond: number;
  /** What is asked for then. */
  readonly mix: LoadMix;
  /** Of what is asked for, in which order; undefined for another one each time. */
  readonly seed: number | undefined;
  /** How each node is run. */
  readonly settings: NodeSettings;
  /** What the nodes speak over. */
  readonly carrier: ClusterCarrierChoice;
  /** A module that each node loads first. */
  readonly imported: string | undefined;
  /** How far back is kept what nodes send each other, in ms; 0 keeps nothing. */
  readonly traceMs: number;
  readonly isJson: boolean;
  readonly controlFile: string | undefined;
  /** Called with the address of the page once all is there. */
  readonly onReady?: (url: string) => void;
}

/** `demo chaos`: a cluster of its own that is broken for a while, and a verdict. */
export interface ChaosCommand {
  /** 3..9. */
  readonly nodeCount: number;
  readonly durationMs: number;
  /** Requests per second, 2..5 000. */
  readonly ratePerSecond: number;
  /** Of the order of the faults. */
  readonly seed: number;
  /** What the nodes speak over. */
  readonly carrier: ClusterCarrierChoice;
  /** Where the files of the run go; undefined for files of a broken run only. */
  readonly outDirectory: string | undefined;
}

/** `demo node`: one node process. */
export interface NodeCommand {
  readonly id: string;
  readonly listen: Address;
  readonly http: Address;
  readonly dataDirectory: string;
  readonly clusterId: string;
  readonly peers: ReadonlyMap<string, Address>;
  /** What it speaks to them over. */
  readonly carrier: CarrierChoice;
  /** Whether the peers are a cluster already, which is to let this node in. */
  readonly isJoining: boolean;
  readonly settings: NodeSettings;
}
