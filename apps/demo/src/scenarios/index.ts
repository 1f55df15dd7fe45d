/** All scenarios, in the order in which they should be met. */
import * as v from 'valibot';

import clockSkew from './data/clock-skew.json' with { type: 'json' };
import conflict from './data/conflict.json' with { type: 'json' };
import everything from './data/everything.json' with { type: 'json' };
import hotKey from './data/hot-key.json' with { type: 'json' };
import leaderKilled from './data/leader-killed.json' with { type: 'json' };
import lostNode from './data/lost-node.json' with { type: 'json' };
import membership from './data/membership.json' with { type: 'json' };
import partition from './data/partition.json' with { type: 'json' };
import rollingRestart from './data/rolling-restart.json' with { type: 'json' };
import slowDisk from './data/slow-disk.json' with { type: 'json' };
import splitVote from './data/split-vote.json' with { type: 'json' };
import thunderingHerd from './data/thundering-herd.json' with { type: 'json' };
import { type Scenario, scenarioSchema } from './scenario.ts';

export const scenarios: readonly Scenario[] = [
  partition,
  leaderKilled,
  splitVote,
  slowDisk,
  clockSkew,
  thunderingHerd,
  hotKey,
  rollingRestart,
  membership,
  lostNode,
  conflict,
  everything,
].map((data) => v.parse(scenarioSchema, data));
