/** Which heartbeats a network loses. */
import type { Random } from '@quorate/transport';

import { drawNormal } from './draws.ts';

/**
 * How heartbeats are lost. Rates are shares of 1.
 *
 * - `independent`: each with `rate`, whatever happened to others.
 * - `bursts`: a burst begins at a heartbeat with `startRate` and takes e^(`mu` + `sigma` Z)
 *   of them, at most `countMax`.
 * - `gilbert-elliott`: a chain of a good and a bad state, a step for each heartbeat: to bad with
 *   `worsens`, back with `recovers`; a rate of loss in either.
 */
export type LossModel =
  | { readonly kind: 'independent'; readonly rate: number }
  | {
      readonly kind: 'bursts';
      readonly startRate: number;
      readonly mu: number;
      readonly sigma: number;
      readonly countMax: number;
    }
  | {
      readonly kind: 'gilbert-elliott';
      readonly worsens: number;
      readonly recovers: number;
      readonly goodLossRate: number;
      readonly badLossRate: number;
    };

/** Says of one heartbeat after the other whether it is lost. */
export function lossProcess(random: Random, model: LossModel): () => boolean {
  switch (model.kind) {
    case 'independent':
      return () => random.float() < model.rate;
    case 'bursts':
      return burstProcess(random, model);
    case 'gilbert-elliott':
      return chainProcess(random, model);
  }
}

function burstProcess(
  random: Random,
  { startRate, mu, sigma, countMax }: Extract<LossModel, { kind: 'bursts' }>,
): () => boolean {
  let left = 0;
  return () => {
    if (left === 0 && random.float() < startRate) {
      const drawn = Math.round(Math.exp(mu + sigma * drawNormal(random)));
      left = Math.min(countMax, Math.max(1, drawn));
    }
    if (left === 0) return false;
    left -= 1;
    return true;
  };
}

function chainProcess(
  random: Random,
  { worsens, recovers, goodLossRate, badLossRate }: Extract<LossModel, { kind: 'gilbert-elliott' }>,
): () => boolean {
  let isBad = false;
  return () => {
    const turns = random.float() < (isBad ? recovers : worsens);
    if (turns) isBad = !isBad;
    return random.float() < (isBad ? badLossRate : goodLossRate);
  };
}
