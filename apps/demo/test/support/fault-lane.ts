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
  for (const { atMs, ...fault } of faults.filter((event) => event.atMs <= endMs)) {
    nowMs = atMs;
    const { place, isEnd } = placeOf(fault);
    underWay.get(place)?.();
    underWay.delete(place);
    if (isEnd) continue;
    const end = lane.begin(labelOf(fault));
    if (isInstant(fault)) end();
    else underWay.set(place, end);
  }
  nowMs = endMs;
  return lane.annotations;
}

/** Faults of one place end each other. */
function placeOf(fault: Fault): { readonly place: string; readonly isEnd: boolean } {
  switch (fault.kind) {
    case 'crash':
    case 'stop':
    case 'restart':
      return { place: `life ${fault.node}`, isEnd: fault.kind === 'restart' };
    case 'pause':
    case 'resume':
      return { place: `pause ${fault.node}`, isEnd: fault.kind === 'resume' };
    case 'partition':
    case 'ring':
    case 'heal':
      return { place: `partition ${fault.name ?? ''}`, isEnd: fault.kind === 'heal' };
    case 'clog':
    case 'unclog': {
      const ends = `${fault.left.join()} ${fault.right.join()}`;
      return { place: `clog ${ends}`, isEnd: fault.kind === 'unclog' };
    }
    case 'drift':
      return { place: `drift ${fault.node}`, isEnd: fault.ppm === 0 };
    case 'slowDisk':
      return { place: `slowDisk ${fault.node}`, isEnd: fault.factor === 1 };
    case 'diskFull':
      return { place: `diskFull ${fault.node}`, isEnd: !fault.isFull };
    case 'failSyncs':
    case 'failReads':
    case 'misdirectWrites':
      return { place: `${fault.kind} ${fault.node}`, isEnd: fault.count === 0 };
    case 'network':
    case 'reset':
    case 'wallJump':
    case 'bitRot':
    case 'calm':
      return { place: fault.kind, isEnd: false };
  }
}

function isInstant({ kind }: Fault): boolean {
  return kind === 'reset' || kind === 'wallJump' || kind === 'bitRot' || kind === 'calm';
}

function labelOf(fault: Fault): string {
  const { kind, ...rest } = fault;
  if ('left' in fault) {
    const [left, right] = [[fault.left].flat(), [fault.right].flat()];
    const way = 'direction' in fault && fault.direction === 'forward' ? '→' : '|';
    return `${kind} ${left.join()} ${way} ${right.join()}`;
  }
  if (kind === 'network') return `${kind} ${JSON.stringify(rest)}`;
  return 'node' in fault ? `${kind} ${fault.node}` : kind;
}
