import { seededRandom } from '@quorate/transport/system';

import {
  type FaultEvent,
  randomSchedule,
  type RandomScheduleOptions,
  type TroubleKind,
} from '../../src/index.ts';

/** The nodes of a drawn schedule. */
export const drawnNodes: readonly string[] = ['a', 'b', 'c', 'd', 'e'];

/** A minute of one kind of trouble, about sixty strikes, on five nodes. */
export function drawn(
  kind: TroubleKind,
  options: Partial<RandomScheduleOptions> = {},
): readonly FaultEvent[] {
  const perMinute = { [kind]: 60 };
  const nodeIds = drawnNodes;
  return randomSchedule(seededRandom(1), { nodeIds, untilMs: 60_000, perMinute, ...options });
}

/** The different values of one field in `events`, as JSON. */
export function valuesOf(events: readonly FaultEvent[], field: string): ReadonlySet<string> {
  const fields = events.flatMap((event) => Object.entries(event));
  return new Set(fields.filter(([name]) => name === field).map(([, it]) => JSON.stringify(it)));
}

/** What two events say that stand for the beginning and the end of one trouble, without times. */
export function kindsOf(events: readonly FaultEvent[]): ReadonlySet<string> {
  return new Set(events.map(({ kind }) => kind));
}
