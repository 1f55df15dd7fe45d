import { readmeHeadings } from '../tidy/rules/documents.ts';

/** What a new package is called and does. */
export interface Plan {
  /** Kebab case: `gossip-membership`. */
  readonly name: string;
  /** One sentence from the user's side, with its full stop. */
  readonly description: string;
}

/**
 * Checks the arguments of the generator.
 *
 * @throws RangeError if `name` is not kebab case or `description` is not a sentence.
 */
export function planOf(name: string, description: string): Plan {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new RangeError(`name: expected kebab case such as bloom-filter, got "${name}"`);
  }
  if (!/^[^\s"\\`].*\.$/.test(description)) {
    throw new RangeError(`description: expected a sentence with a full stop, got "${description}"`);
  }
  return { name, description };
}

/**
 * The files of a package that passes every check at once: a deterministic core that counts, to be
 * replaced by the algorithm, with its test, its bench suite and its README.
 *
 * @param invariant - The text of `invariant.ts`, the same in every package.
 * @returns Texts by path from the project's root.
 */
export function skeletonOf(plan: Plan, invariant: string): Readonly<Record<string, string>> {
  const folder = `packages/${plan.name}`;
  return {
    [`${folder}/package.json`]: manifestOf(plan),
    [`${folder}/tsconfig.json`]: tsconfig,
    [`${folder}/README.md`]: readmeOf(plan),
    [`${folder}/src/index.ts`]: indexOf(plan),
    [`${folder}/src/${plan.name}.ts`]: coreOf(plan),
    [`${folder}/src/errors.ts`]: errorsOf(plan),
    [`${folder}/src/invariant.ts`]: invariant,
    [`${folder}/test/${plan.name}.test.ts`]: testOf(plan),
    [`${folder}/test/${plan.name}.property.test.ts`]: propertyTestOf(plan),
    [`apps/bench/src/suites/${plan.name}.ts`]: suiteOf(plan),
    [`.changeset/${plan.name}-first-floor.md`]: changesetOf(plan),
  };
}

/** `GossipMembership` for `gossip-membership`. */
function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const tsconfig = `{
  "extends": "../../tsconfig.base.json",
  "include": ["src", "test", "bench", "browser"]
}
`;

function manifestOf({ name, description }: Plan): string {
  const built = { types: './dist/index.d.ts', default: './dist/index.js' };
  const self = { './package.json': './package.json' };
  const tarball = `../../.packs/${name}.tgz`;
  const manifest = {
    name: `@quorate/${name}`,
    version: '0.0.0',
    description,
    keywords: ['distributed-systems'],
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    repository: {
      type: 'git',
      url: 'git+https://github.com/quorate/quorate.git',
      directory: `packages/${name}`,
    },
    engines: { node: '>=22.12' },
    files: ['dist', 'src', 'CHANGELOG.md'],
    exports: { '.': { '@quorate/source': './src/index.ts', ...built }, ...self },
    publishConfig: { access: 'public', provenance: true, exports: { '.': built, ...self } },
    scripts: {
      build: 'tsup --config ../../tsup.config.ts',
      typecheck: 'tsc --noEmit -p .',
      'check:pkg':
        `pnpm pack --out ${tarball} && publint ${tarball} --strict && ` +
        `attw ${tarball} --profile esm-only --format ascii`,
      size: 'node ../../tools/size.ts .=1024',
    },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function indexOf({ name }: Plan): string {
  const type = pascalCase(name);
  return `export { ${type}Error, type ${type}ErrorCode } from './errors.ts';
export { InvariantViolation } from './invariant.ts';
export {
  initial${type}State,
  step,
  type ${type}Input,
  type ${type}State,
} from './${name}.ts';
`;
}

function coreOf({ name }: Plan): string {
  const type = pascalCase(name);
  return `/**
 * The problem, why the obvious way fails, the idea, a sketch, the source: ten to sixty lines,
 * after which a reader may stop and have learnt the algorithm.
 */
import { invariant } from './invariant.ts';

/** What the algorithm knows. A value: \`step\` never changes the one it was given. */
export interface ${type}State {
  /** Inputs taken so far. A safe integer of at least 0. */
  readonly inputCount: number;
}

/** What can happen to it. */
export interface ${type}Input {
  readonly kind: 'observed';
  /** When, on the clock of the caller, in milliseconds. */
  readonly nowMs: number;
}

/** The state before any input. */
export const initial${type}State: ${type}State = { inputCount: 0 };

/**
 * The state after \`input\`.
 *
 * @throws RangeError if \`input.nowMs\` is not finite.
 *
 * @remarks
 * Deterministic; O(1) time and memory.
 *
 * @example
 * \`\`\`ts
 * const input = { kind: 'observed', nowMs: 5 } as const;
 * step(initial${type}State, input); // => { inputCount: 1 }
 * step(initial${type}State, { ...input, nowMs: NaN }); // throws RangeError
 * \`\`\`
 */
export function step(state: ${type}State, input: ${type}Input): ${type}State {
  if (!Number.isFinite(input.nowMs)) {
    throw new RangeError(\`nowMs: expected a finite number, got \${input.nowMs}\`);
  }
  const inputCount = state.inputCount + 1;
  invariant(Number.isSafeInteger(inputCount), 'the count of inputs is a safe integer');
  return { inputCount };
}
`;
}

function errorsOf({ name }: Plan): string {
  const type = pascalCase(name);
  const prefix = name.toUpperCase().replaceAll('-', '_');
  return `/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type ${type}ErrorCode = '${prefix}_CLOSED';

/** The root of the errors this package throws on purpose. Match on \`code\`. */
export abstract class ${type}Error extends Error {
  abstract readonly code: ${type}ErrorCode;
}
`;
}

function testOf({ name }: Plan): string {
  const type = pascalCase(name);
  return `import { describe, expect, test } from 'vitest';

import { initial${type}State, step } from '../src/${name}.ts';

describe('step', () => {
  test('counts what it observes and leaves the state before as it was', () => {
    const after = step(initial${type}State, { kind: 'observed', nowMs: 1 });

    expect(after).toEqual({ inputCount: 1 });
    expect(initial${type}State).toEqual({ inputCount: 0 });
  });

  test.each([Number.NaN, Infinity, -Infinity])('refuses %d as a time', (nowMs) => {
    expect(() => step(initial${type}State, { kind: 'observed', nowMs })).toThrow(
      /^nowMs: expected a finite number/,
    );
  });
});
`;
}

function propertyTestOf({ name }: Plan): string {
  const type = pascalCase(name);
  return `import fc from 'fast-check';
import { expect, test } from 'vitest';

import { initial${type}State, step, type ${type}Input } from '../src/${name}.ts';

const input: fc.Arbitrary<${type}Input> = fc.record({
  kind: fc.constant('observed'),
  nowMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
});

test('the same inputs give the same state', () => {
  fc.assert(
    fc.property(fc.array(input), (inputs) => {
      const left = inputs.reduce(step, initial${type}State);
      const right = inputs.reduce(step, initial${type}State);
      expect(left).toEqual(right);
      expect(left.inputCount).toBe(inputs.length);
    }),
  );
});
`;
}

function suiteOf({ name }: Plan): string {
  const type = pascalCase(name);
  return `import { initial${type}State, step } from '@quorate/${name}';

import { microContender, nsPerCall } from '../micro.ts';
import type { Suite } from '../suite.ts';

const input = { kind: 'observed', nowMs: 1 } as const;

// Question: what does one step cost, beside the strongest peer that does the same work?
export const suite: Suite = {
  name: '${name}',
  description: 'One step of the core.',
  cases: [
    {
      name: 'step',
      metrics: [nsPerCall],
      ours: microContender('step', () => step(initial${type}State, input)),
      peers: [],
    },
  ],
};
`;
}

function changesetOf({ name, description }: Plan): string {
  return `---\n'@quorate/${name}': minor\n---\n\n${description}\n`;
}

/** What each chapter asks of its author, and what it holds from the first day. */
function readmeOf({ name, description }: Plan): string {
  const type = pascalCase(name);
  const chapters: Readonly<Record<(typeof readmeHeadings)[number], string>> = {
    '## When not to use it':
      '- The cases in which something simpler or something exact does better.',
    '## Install': `\`\`\`sh\npnpm add @quorate/${name}\n\`\`\``,
    '## Taste': `\`\`\`ts
import { initial${type}State, step } from '@quorate/${name}';

const first = step(initial${type}State, { kind: 'observed', nowMs: 1 });
const second = step(first, { kind: 'observed', nowMs: 2 });
second.inputCount; // => 2
\`\`\``,
    '## Guarantees': `| promise | holds when | tested by |
| --- | --- | --- |
| same inputs, same state | always | \`${name}.property.test.ts\` |`,
    '## Cost': `| operation | time | memory |\n| --- | --- | --- |\n| \`step\` | O(1) | O(1) |`,
    '## From the paper to the file': `| idea | file | source |
| --- | --- | --- |
| the whole | \`src/${name}.ts\` | authors, title, venue, section |`,
    '## API':
      'Every name is documented where it is declared; `pnpm run docs:api` makes pages of it.',
    '## Over a transport': 'The core speaks to nobody.',
    '## Departures and limits': 'None yet.',
    '## Papers': 'None yet.',
  };
  const body = readmeHeadings.map((heading) => `${heading}\n\n${chapters[heading]}\n`);
  return [`# ${name}\n\n${description}\n`, ...body].join('\n');
}
