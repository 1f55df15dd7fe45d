import path from 'node:path';

import ts from 'typescript';

import type { Block } from './blocks.ts';

/**
 * Type-checks all blocks as one program, each as a module in the folder of its home.
 *
 * @param root - The project's root; its tsconfig.base.json gives the options.
 * @returns For each block, in order, its errors as `path:line: message`.
 */
export function typeErrors(root: string, blocks: readonly Block[]): readonly (readonly string[])[] {
  const modules = new Map(
    blocks.map((block, index) => [path.join(root, block.home, `block-${index}.docs.ts`), block]),
  );
  const options = compilerOptions(root);
  const program = ts.createProgram([...modules.keys()], options, hostWith(modules, options));
  return [...modules].map(([name, block]) => {
    const file = program.getSourceFile(name);
    if (file === undefined) return [`${block.path}:${block.line}: not part of the program`];
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => describe(file, block, diagnostic),
    );
  });
}

/** The file system, with the blocks in it as if they had been written. */
function hostWith(
  modules: ReadonlyMap<string, Block>,
  options: ts.CompilerOptions,
): ts.CompilerHost {
  const disk = ts.createCompilerHost(options, true);
  return {
    ...disk,
    fileExists: (name) => modules.has(name) || disk.fileExists(name),
    readFile: (name) => modules.get(name)?.code ?? disk.readFile(name),
    getSourceFile: (name, target, ...rest) => {
      const block = modules.get(name);
      return block
        ? ts.createSourceFile(name, block.code, target, true)
        : disk.getSourceFile(name, target, ...rest);
    },
  };
}

function compilerOptions(root: string): ts.CompilerOptions {
  const base = ts.readConfigFile(path.join(root, 'tsconfig.base.json'), (name) =>
    ts.sys.readFile(name),
  );
  const config: unknown = base.config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return {
    ...options,
    // An example shows names without using them and needs no declarations of its own.
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedDeclarations: false,
    declaration: false,
  };
}

function describe(file: ts.SourceFile, block: Block, diagnostic: ts.Diagnostic): string {
  const { line } = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
  return `${block.path}:${block.line + line}: ${message}`;
}
