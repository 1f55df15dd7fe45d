import type { Annotation } from '@quorate/linearizability';
import type { Fault, FaultEvent } from '@quorate/simulation';

/** What goes wrong while a history is recorded, for the lane behind its operations. */
export class FaultLane {
  readonly #nowMs: () => number;
  readonly #begun: { readonly label: string; readonly fromTime: number; toTime?: number }[] = [];

  /** @param nowMs - The clock of the history. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** From now on, until the function returned is called. */
  begin(label: string): () => void {
    const span: { readonly label: string; readonly fromTime: number; toTime?: number } = {
      label,
      fromTime: this.#nowMs(),
    };
    this.#begun.push(span);
    return () => {
      span.toTime ??= this.#nowMs();
    };
  }

  /** All so far. What has not ended yet ends now. */
  get annotations(): readonly Annotation[] {
    const nowMs = this.#nowMs();
    return this.#begun.map(({ label, fromTime, toTime = nowMs }) => ({ label, fromTime, toTime }));
  }
}

/** The lane of a schedule. What it does not end lasts until `endMs`. */
export function laneOf(faults: readonly FaultEvent[], endMs: number): readonly Annotation[] {
  let nowMs = 0;
  const lane = new FaultLane(() => nowMs);
  const underWay = new Map<string, () => void>();
  for (const { atMs, ...fault } of faults) {
    if (atMs > endMs) continue;
    nowMs = atMs;
    const what = subjectOf(fault);
    const endLast = underWay.get(what);
    endLast?.();
    underWay.delete(what);
    // A change of the network ends when what it changed is as it was: with the next one.
    if (isEnd(fault) || (fault.kind === 'network' && endLast)) continue;
    const end = lane.begin(labelOf(fault));
    if (instants.has(fault.kind)) end();
    else underWay.set(what, end);
  }
  nowMs = endMs;
  return lane.annotations;
}

const instants: ReadonlySet<Fault['kind']> = new Set([
  'reset',
  'wallJump',
  'leapSmear',
  'bitRot',
  'snapshotDisk',
  'restoreDisk',
  'wipeDisk',
  'swapDisks',
  'upgrade',
  'calm',
]);

/** What a fault is about: the next one about the same ends it. */
function subjectOf(fault: Fault): string {
  switch (fault.kind) {
    case 'crash':
    case 'stop':
    case 'restart':
      return `life ${fault.node}`;
    case 'twin':
    case 'endTwin':
      return `twin ${fault.node}`;
    case 'pause':
    case 'resume':
      return `pace ${fault.node}`;
    case 'partition':
    case 'ring':
    case 'heal':
      return `partition ${fault.name ?? ''}`;
    case 'clog':
    case 'unclog':
      return `clog ${fault.left.join()} ${fault.right.join()}`;
    case 'network':
      return Object.keys(fault).join();
    case 'calm':
      return fault.kind;
    default:
      return 'node' in fault ? `${fault.kind} ${fault.node}` : fault.kind;
  }
}

function isEnd(fault: Fault): boolean {
  switch (fault.kind) {
    case 'drift':
      return fault.ppm === 0;
    case 'slowDisk':
      return fault.factor === 1;
    case 'diskFull':
      return !fault.isFull;
    case 'wallFreeze':
      return !fault.isFrozen;
    case 'slowNode':
      return fault.perEventMs === 0;
    case 'lateTimers':
      return fault.byMsMax === 0;
    case 'throttleTimers':
      return fault.everyMs === 0;
    case 'failSyncs':
    case 'failReads':
    case 'lieSyncs':
    case 'misdirectReads':
    case 'misdirectWrites':
      return fault.count === 0;
    case 'buggify':
      return fault.share === 0;
    default:
      return ['restart', 'resume', 'heal', 'unclog', 'endTwin'].includes(fault.kind);
  }
}

function labelOf(fault: Fault): string {
  const { kind, ...rest } = fault;
  if (kind === 'network') return `${kind} ${JSON.stringify(rest)}`;
  if (!('left' in fault)) return 'node' in fault ? `${kind} ${fault.node}` : kind;
  const isOneWay = 'direction' in fault && fault.direction === 'forward';
  return `${kind} ${String(fault.left)} ${isOneWay ? '→' : '|'} ${String(fault.right)}`;
}
