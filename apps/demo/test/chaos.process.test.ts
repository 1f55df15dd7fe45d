/**
 * Five real processes under load while one or two things at a time go wrong with them and their
 * links. Goal: the configuration stays linearizable, and no edit of a board that was confirmed is
 * lost. Method: `demo chaos`, as a person would run it; it judges itself by what clients saw and by
 * the copies in the end. Twenty seconds here; `CHAOS_FOR=10m CHAOS_RATE=300 CHAOS_SEED=7` for more.
 */
import { expect, test } from 'vitest';

import { runDemo } from './support/real-demo.ts';

const duration = process.env['CHAOS_FOR'] ?? '20s';
const rate = process.env['CHAOS_RATE'] ?? '16';
const seed = process.env['CHAOS_SEED'] ?? '1';

test.skipIf(process.platform === 'win32')(
  `every promise is kept through ${duration} of chaos with seed ${seed}`,
  { timeout: 3_600_000 },
  async () => {
    const options = ['--for', duration, '--rate', rate, '--seed', seed];
    const { stdout, stderr, code } = await runDemo('chaos', '--json', ...options);
    const report: unknown = JSON.parse(stdout);
    expect(report, stderr).toMatchObject({
      ...{ nodeCount: 5, seed: Number(seed), problems: [], isSound: true },
      config: { verdict: 'linearizable', unpromised: [] },
      boards: { lost: [], diverged: [], unpromised: [] },
    });
    expect(code).toBe(0);
    // It did something.
    expect(report).toHaveProperty('faults.0.count', expect.any(Number));
    // Nodes that came later count, too.
    const nodesMin = process.platform === 'linux' ? 5 : 0;
    expect(report).toHaveProperty(
      'nodes.length',
      expect.toSatisfy((n) => n >= nodesMin),
    );
    expect(report).toHaveProperty(
      'boards.confirmedCount',
      expect.toSatisfy((n) => n > 0),
    );
    expect(stderr).toMatch(
      /^((kill|pause|restart|halves|one-way|slow|drop|duplicate|leave) n\d|join$)/m,
    );
  },
);
