import { command, type Command, option } from '../command-spec.ts';
import { text, wholeNumber } from '../forms.ts';

const nodeCount = 5;
const raftPortOffset = 100;
const driftForMs = 1_000;
const signs = { ok: ['good', '✓'], warn: ['warn', '!'], fail: ['bad', '✗'] } as const;

export const doctor: Command = command({
  name: 'doctor',
  group: 'Look',
  summary: 'Whether this machine can run the demo well: Node, ports, clock, disk, files, memory',
  details: ['Exit code 1 if something keeps the demo from running.'],
  examples: [['doctor --data ./demo-data', 'the disk that the data will be on']],
  options: {
    data: option(text('directory'), 'Measure the disk of this one; else of temporary files'),
    port: option(wholeNumber('port', 1, 65_000), 'The first port of the demo', '4000'),
    syncs: option(wholeNumber('count', 1, 10_000), 'How many to measure', '200'),
  },
  run: async ({ options }, { print, isJson, colours, progress, interrupted }) => {
    const { mkdirSync } = await import('node:fs');
    const { freemem, tmpdir } = await import('node:os');
    const measure = await import('../doctor/measure.ts');
    const judge = await import('../doctor/findings.ts');
    const { data: directory = tmpdir(), port } = options;
    mkdirSync(directory, { recursive: true });
    progress.show('measuring the disk');
    const indexes = Array.from({ length: nodeCount }, (_, index) => port + 1 + index);
    const ports = [port, ...indexes, ...indexes.map((one) => one + raftPortOffset)];
    const findings = [
      judge.judgeNode(process.version),
      judge.judgePorts(await measure.takenPorts(ports, '127.0.0.1'), port),
      judge.judgeSyncs(measure.syncLatency(directory, options.syncs)),
      judge.judgeRoom(measure.freeBytes(directory)),
      judge.judgeDrift(await measure.clockDriftMs(driftForMs, interrupted), driftForMs),
      judge.judgeFiles(measure.fileDescriptors()),
      judge.judgeMemory(freemem()),
    ];
    for (const { name, verdict, found, advice } of findings) {
      if (isJson) print(JSON.stringify({ name, verdict, found, advice }));
      else {
        const [tone, sign] = signs[verdict];
        print(`${colours(tone, sign)} ${name.padEnd(7)} ${found}${advice && `: ${advice}`}`);
      }
    }
    return findings.some(({ verdict }) => verdict === 'fail') ? 1 : 0;
  },
});
