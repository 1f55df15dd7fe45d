import ts from 'typescript';

import type { Role } from '../layers.ts';
import { isAlgorithm, placeOf } from '../layers.ts';
import type { Project, Violation } from '../project.ts';
import { descendants, violationAt } from '../project.ts';
import { isGlobalValue } from '../scope.ts';

/** What to do instead of each global that differs from run to run. */
const cures: Readonly<Record<string, string>> = {
  Date: 'inject a Clock and ask its nowMs() or wallTimeMs()',
  performance: 'inject a Clock and ask its nowMs()',
  setTimeout: 'inject a Clock and use its setTimer()',
  setInterval: 'inject a Clock and use its setTimer() again and again',
  setImmediate: 'inject a Clock and use its setTimer()',
  clearTimeout: 'keep the Timer that Clock.setTimer() returned',
  clearInterval: 'keep the Timer that Clock.setTimer() returned',
  clearImmediate: 'keep the Timer that Clock.setTimer() returned',
  requestAnimationFrame: 'inject a Clock and use its setTimer()',
  process: 'take what you need of it as an option',
  console: 'report through an option such as onError or an observe() listener',
  fetch: 'send through a Transport or a Requester',
  WebSocket: 'send through a Transport',
  crypto: 'inject a Random',
  navigator: 'take what you need of it as an option',
  localStorage: 'keep it on a Disk',
  require: 'import it',
};

const deterministic: ReadonlySet<Role> = new Set<Role>(['core', 'edge', 'contract']);

/** Rule 2, first half: only adapters touch the machine's clock, timers, randomness and I/O. */
export function* ambient(project: Project): Generator<Violation> {
  for (const file of project.sources) {
    const role = placeOf(file.path)?.role;
    if (role === undefined || !deterministic.has(role)) continue;
    for (const node of descendants(file.tree)) {
      const cure = cureOf(node);
      if (cure !== undefined) yield violationAt(file, node, 'ambient', cure);
    }
  }
}

function cureOf(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) && isGlobalValue(node)) {
    if (node.text === 'Math') return cureOfMath(node.parent);
    return Object.hasOwn(cures, node.text) ? cures[node.text] : undefined;
  }
  const name = memberOfGlobalThis(node);
  return name !== undefined && Object.hasOwn(cures, name) ? cures[name] : undefined;
}

function cureOfMath(parent: ts.Node): string | undefined {
  const isRandom = memberName(parent) === 'random';
  return isRandom ? 'inject a Random, or take the drawn value as an argument' : undefined;
}

/** `name` of `globalThis.name` and `globalThis['name']`. */
function memberOfGlobalThis(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const { expression } = node;
  if (!ts.isIdentifier(expression) || expression.text !== 'globalThis') return undefined;
  return memberName(node);
}

function memberName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (!ts.isElementAccessExpression(node)) return undefined;
  return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined;
}

/** Rule 2, second half: the core of an algorithm is a function of its inputs, never a promise. */
export function* noPromiseInCore(project: Project): Generator<Violation> {
  for (const file of project.sources) {
    const place = placeOf(file.path);
    if (place?.role !== 'core' || !isAlgorithm(place.home)) continue;
    for (const node of descendants(file.tree)) {
      if (isPromise(node)) {
        const advice = 'return the effect as a value and let the edge wait for it';
        yield violationAt(file, node, 'no promise in a core', advice);
      }
    }
  }
}

function isPromise(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return /^(Promise|PromiseLike|AsyncIterable)$/.test(node.text);
  return node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node);
}
