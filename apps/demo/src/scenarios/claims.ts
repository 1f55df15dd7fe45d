/** Whether what a scenario claims has held. */
import type { NodeId } from '@quorate/transport';

import { retryBounds } from '../limits/owner-requests.ts';
import type { GatewayFigures, ScenarioRun } from './run-scenario.ts';
import type { Claim } from './scenario.ts';

/** A claim, and what became of it. */
export interface Judgement {
  readonly claim: Claim;
  readonly holds: boolean;
  /** What was seen, in a sentence. */
  readonly detail: string;
}

/** Judges one claim at the end of a run. */
export function judge(claim: Claim, run: ScenarioRun): Judgement {
  const [holds, detail] = look(claim.kind, claim, run);
  return { claim, holds, detail };
}

type Kind = Claim['kind'];
type ClaimOf = { readonly [Each in Kind]: Extract<Claim, { readonly kind: Each }> };

/** Whether what was seen is what was claimed, and what was seen. */
type Look<Each extends Kind> = (
  run: ScenarioRun,
  claim: ClaimOf[Each],
) => readonly [holds: boolean, detail: string];

function look<Each extends Kind>(
  kind: Each,
  claim: ClaimOf[Each],
  run: ScenarioRun,
): readonly [holds: boolean, detail: string] {
  return looks[kind](run, claim);
}

const looks: { readonly [Each in Kind]: Look<Each> } = {
  nothingLost: (run) => {
    const confirmed = run.edits.filter(({ isConfirmed }) => isConfirmed);
    const lost = confirmed.filter(({ boardId, itemId }) =>
      copiesOf(run, boardId).some((text) => !text.includes(`"${itemId}"`)),
    );
    const isEvidence = confirmed.length > 0;
    return [isEvidence && lost.length === 0, `${lost.length} of ${confirmed.length} are missing`];
  },

  converged: (run) => {
    const boards = [...new Set(run.edits.map(({ boardId }) => boardId))];
    const apart = boards.filter((boardId) => new Set(copiesOf(run, boardId)).size !== 1);
    return [boards.length > 0 && apart.length === 0, `${apart.length} of ${boards.length} differ`];
  },

  causal: (run) => {
    const { readCount, acausalCount } = run.reader;
    const detail = `${acausalCount} of ${readCount} reads had an effect before its cause`;
    return [readCount > 0 && acausalCount === 0, detail];
  },

  linearizable: (run) => {
    const verdict = run.verdict();
    return [verdict === 'linearizable', `${verdict}, ${run.operationCount} operations`];
  },

  answered: (run, claim) => {
    const { fromMs, untilMs, shareMin, shareMax } = claim;
    const all = claim.of === 'edits' ? run.edits : run.configCalls;
    const asked = all.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
    const done = asked.filter((one) => ('isConfirmed' in one ? one.isConfirmed : one.isAnswered));
    const share = done.length / asked.length;
    const detail = `${done.length} of ${asked.length} from ${fromMs} to ${untilMs} ms`;
    return [share >= shareMin && share <= shareMax, detail];
  },

  newLeader: (run, claim) => {
    const { fromMs, withinMs } = claim;
    const next = run.leaderships.find(({ atMs }) => atMs > fromMs);
    const detail = next === undefined ? 'none' : `${next.node} after ${next.atMs - fromMs} ms`;
    return [next !== undefined && next.atMs - fromMs <= withinMs, detail];
  },

  lostVote: (run, claim) => {
    const next = run.leaderships.findIndex(({ atMs }) => atMs > claim.fromMs);
    const [before, after] = [run.leaderships[next - 1]?.term ?? 0, run.leaderships[next]?.term];
    const detail = `term ${before}, then ${after ?? 'none'}`;
    return [after !== undefined && after > before + 1, detail];
  },

  breakers: (run, claim) => {
    const { about, fromMs, untilMs } = claim;
    const all = run.avoidances.filter((one) => one.about === about);
    const inTime = all.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
    const most = Math.max(0, ...inTime.map(({ count }) => count));
    const later = all.some(({ atMs }) => atMs >= untilMs);
    const isAll = most === run.cluster.ids.length - 1;
    return [isAll && !later, `${most} nodes refused ${about}, ${later ? 'some' : 'none'} later`];
  },

  threeCopies: (run) => {
    const boards = [...new Set(run.edits.map(({ boardId }) => boardId))];
    const few = boards.filter((boardId) => copiesOf(run, boardId).length !== 3);
    return [boards.length > 0 && few.length === 0, `${few.length} of ${boards.length} have not`];
  },

  boundedLoad: (run) => {
    const [overloads, strayed] = [total(run, 'overloadCount'), total(run, 'strayedCount')];
    const detail = `${overloads} of ${total(run, 'requestCount')} beyond a lid, ${strayed} strayed`;
    return [strayed > 0 && overloads === 0, detail];
  },

  boundedRetries: (run) => {
    const isBeyond = run.requests.some((one) => one.retryCount > retriesMax(one));
    const retries = total(run, 'retryCount');
    return [retries > 0 && !isBeyond, `${retries} of ${total(run, 'requestCount')}`];
  },

  statuses: (run, claim) => {
    const wanted = claim.statuses.toSorted().join(' and ');
    const boards = [...(run.statusLooks.get(claim.atMs) ?? [])].filter(([, { set }]) =>
      claim.statuses.every((status) => set.includes(status)),
    );
    const seen = boards.flatMap(([, { copies }]) => copies);
    const others = seen.filter((statuses) => statuses.toSorted().join(' and ') !== wanted);
    const detail = `${seen.length - others.length} of ${seen.length} copies have ${wanted}`;
    return [seen.length > 0 && others.length === 0, detail];
  },
};

/** Of all nodes. */
function total({ requests }: ScenarioRun, name: Exclude<keyof GatewayFigures, 'uptimeMs'>): number {
  return requests.reduce((sum, one) => sum + one[name], 0);
}

/** Retries that one node may have made so far. */
function retriesMax({ requestCount, uptimeMs }: GatewayFigures): number {
  const { ratio, burst, perSecond } = retryBounds;
  return burst + ratio * requestCount + (perSecond * uptimeMs) / 1_000;
}

/** What each copy of a board says. */
function copiesOf({ cluster }: ScenarioRun, boardId: string): readonly string[] {
  return cluster.ids
    .map((id: NodeId) => cluster.node(id)?.boardText(boardId))
    .filter((text) => text !== undefined);
}
