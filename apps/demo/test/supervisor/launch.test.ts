import { expect, test } from 'vitest';

import { soundMachine } from '../../src/machine-faults.ts';
import { parseFaults } from '../../src/injected-faults.ts';
import { defaultSettings } from '../../src/runtime/node-settings.ts';
import { argumentsOf, environmentOf } from '../../src/supervisor/launch.ts';

const plans = ['n1', 'n2', 'n3'].map((id, index) => ({
  ...{ id, httpPort: 4_001 + index, raftPort: 5_001 + index },
}));
const options = {
  ...{ host: '127.0.0.1', clusterId: 'c', dataDirectory: '/data', mainFile: 'main.mjs' },
  settings: { ...defaultSettings, allowsFaults: true, fsync: 'batch' as const },
  carrier: { nodeArguments: ['--carrier=nats'], nodeEnvironment: { NODE_NATS: 'here' } },
};

test('a node is told where all others are, and not itself', () => {
  const args = plans.map((plan) => argumentsOf(plan, plans, options));
  expect(args[0]).toContain('--peers=n2=127.0.0.1:5002,n3=127.0.0.1:5003');
  expect(args[2]).toContain('--peers=n1=127.0.0.1:5001,n2=127.0.0.1:5002');
  expect(args[1]).toEqual(
    expect.arrayContaining([
      '--id=n2',
      '--listen=127.0.0.1:5002',
      '--http=127.0.0.1:4002',
      '--carrier=nats',
      '--chaos',
      '--fsync=batch',
    ]),
  );
});

test('what each node loads first stands before its script', () => {
  const [plan] = plans;
  const args = argumentsOf(plan!, plans, { ...options, imported: './first.mjs' });
  expect(args.indexOf('./first.mjs')).toBe(args.indexOf('--import') + 1);
  expect(args.indexOf('./first.mjs')).toBeLessThan(args.indexOf('main.mjs'));
  expect(argumentsOf(plan!, plans, options)).not.toContain('--import');
});

test('a node alone has no peers', () => {
  const [plan] = plans;
  const args = argumentsOf(plan!, [plan!], options);
  expect(args.some((arg) => arg.startsWith('--peers'))).toBe(false);
});

test('what is wrong reaches a node as it was said, and flags meant for this process do not', () => {
  const faults = {
    ...{ groups: [['n1'], ['n2']], machine: { ...soundMachine, clockSkewMs: 5 } },
    rules: [{ kind: 'drop' as const, peer: 'n2', share: 0.5 }],
  };
  const env = environmentOf(faults, { adminToken: 'a', peerSecret: 'b' }, options);
  expect(parseFaults(env['QUORATE_FAULTS'] ?? '')).toEqual(faults);
  expect(env).toMatchObject({
    QUORATE_ADMIN_TOKEN: 'a',
    QUORATE_PEER_SECRET: 'b',
    NODE_NATS: 'here',
  });
  expect(env).toHaveProperty('NODE_OPTIONS', undefined);
});
