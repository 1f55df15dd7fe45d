import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import ts from 'typescript';

import type { Block } from './blocks.ts';
import type { Claim } from './results.ts';
import { withChecks } from './results.ts';

/** Told each result of a block as it runs. */
export interface Verdicts {
  shows(claim: Claim, value: unknown): void;
  throws(claim: Claim, error: unknown): void;
}

/** Imports a module by its path or, for what the runtime brings, by its name. */
export type Import = (specifier: string) => Promise<unknown>;

type Globals = Readonly<Record<string, unknown>>;
type Body = (...values: readonly unknown[]) => Promise<void>;

/** Makes `async (…names) => { body }`; an async function is the only way to its constructor. */
const AsyncFunction = Reflect.get(execute, 'constructor') as new (
  ...namesAndBody: readonly string[]
) => Body;

/** Whether running `block` would prove anything. */
export function hasClaims(block: Block): boolean {
  return /\/\/ (=>|throws\b)/.test(block.code);
}

/**
 * Runs `block` and reports each claim. A claim that the block never reaches is reported as missing.
 *
 * @throws Whatever the block throws outside a claim; `RangeError` for a claim behind no value.
 */
export async function runBlock(
  root: string,
  block: Block,
  verdicts: Verdicts,
  importModule: Import,
): Promise<void> {
  const { claims, code } = withChecks(block.code);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      esModuleInterop: true,
    },
  });
  const modules = await importAll(root, block, importModule);
  const missing = new Set(claims);
  const take = (index: number): Claim => {
    const claim = claims[index];
    if (claim === undefined) throw new RangeError(`claim: expected below ${claims.length}`);
    missing.delete(claim);
    return claim;
  };
  await execute(outputText, {
    exports: {},
    require: (specifier: string) => modules.get(specifier),
    __shows: (index: number, value: unknown) => {
      verdicts.shows(take(index), value);
      return value;
    },
    __throws: async (index: number, action: () => Promise<unknown>) => {
      verdicts.throws(take(index), await errorOf(action));
    },
  });
  for (const claim of missing) throw new Error(`line ${claim.line} was never reached`);
}

async function execute(code: string, globals: Globals): Promise<void> {
  await new AsyncFunction(...Object.keys(globals), code)(...Object.values(globals));
}

/** What `action` throws; `undefined` when it does not. */
async function errorOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function importAll(
  root: string,
  block: Block,
  importModule: Import,
): Promise<ReadonlyMap<string, unknown>> {
  const specifiers = ts.preProcessFile(block.code).importedFiles.map(({ fileName }) => fileName);
  const modules = await Promise.all(
    specifiers.map(
      async (specifier) =>
        [specifier, await importModule(resolve(root, block.home, specifier))] as const,
    ),
  );
  return new Map(modules);
}

/** Our own packages by the sources that their `exports` name, everything else as Node does it. */
function resolve(root: string, home: string, specifier: string): string {
  const [, name, subpath = ''] = /^@quorate\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (specifier.startsWith('.')) return path.join(root, home, specifier);
  if (name === undefined) {
    if (specifier.startsWith('node:')) return specifier;
    const require = createRequire(path.join(root, home, 'package.json'));
    return pathToFileURL(require.resolve(specifier)).href;
  }
  const folder = path.join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, { '@quorate/source': string } | undefined>;
  };
  const entry = manifest.exports[`.${subpath}`];
  if (entry === undefined) throw new RangeError(`no entry point ${specifier}`);
  return path.join(folder, entry['@quorate/source']);
}
