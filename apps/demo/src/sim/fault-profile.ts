/** How much goes wrong by itself in a simulated run. */
import { type FaultEvent, randomSchedule, type RandomScheduleOptions } from '@quorate/simulation';
import { seededRandom } from '@quorate/transport/system';

/** From nothing at all to more than anybody should bear. */
export const faultProfiles = ['calm', 'flaky', 'radioactive'] as const;

/** One of them. */
export type FaultProfile = (typeof faultProfiles)[number];

/** When there is a leader, so that there is something to lose, in ms. */
const FROM_MS = 4_000;

/** Strikes a minute. Nothing that loses what a disk has promised: no node could survive that. */
const rates: Readonly<Record<FaultProfile, RandomScheduleOptions['perMinute']>> = {
  calm: {},
  flaky: { loss: 2, delay: 2, reset: 3, clog: 1, pause: 1, isolate: 1, slowDisk: 1 },
  radioactive: {
    ...{ crash: 4, kill: 4, pause: 4, split: 3, isolate: 3, oneWay: 2, flap: 1, clog: 3, reset: 4 },
    ...{ loss: 3, burstyLoss: 2, duplication: 2, delay: 3, slowDisk: 2, wallJump: 2, drift: 1 },
  },
};

/** What goes wrong in a run of five nodes before `untilMs`, by its seed. */
export function faultsOf(
  profile: FaultProfile,
  { seed, nodeIds, untilMs }: { seed: number; nodeIds: readonly string[]; untilMs: number },
): readonly FaultEvent[] {
  if (profile === 'calm' || untilMs <= FROM_MS) return [];
  return randomSchedule(seededRandom(seed).fork(profile), {
    ...{ nodeIds, fromMs: FROM_MS, untilMs, perMinute: rates[profile] },
    ...{ lastsMsMin: 300, lastsMsMax: 6_000 },
    // Majorities stay, as all is about what they promise.
    faultyAtOnceMax: 2,
    network: { delay: { kind: 'lognormal', minMs: 0.5, medianMs: 2, sigma: 0.5 } },
  });
}
