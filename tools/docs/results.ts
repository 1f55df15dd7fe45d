import ts from 'typescript';

/**
 * What a block claims about a statement, in the comment behind it:
 *
 * ```text
 * phi(window, 11_000); // => 0.30, silent for exactly the mean
 * nodeId(''); // throws RangeError: expected 1..64 bytes
 * const outcome = await raft.propose(command); // => { kind: 'committed', logIndex: 1 }
 * ```
 *
 * The comment may also stand alone on the next line. Behind the value may follow a comma and free
 * text. A number with decimals is compared to the precision in which it is written.
 */
export interface Claim {
  readonly kind: 'shows' | 'throws';
  /** The line of the block, from 1. */
  readonly line: number;
  /** The text behind `=>` or `throws`. */
  readonly text: string;
}

/** A block made ready to run: each claim has become a call that checks it. */
export interface Checked {
  readonly claims: readonly Claim[];
  /** TypeScript that calls `__shows(index, value)` and `await __throws(index, action)`. */
  readonly code: string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Finds the claims of `code` and puts a check in the place of each.
 *
 * @throws RangeError if a claim stands behind nothing that has a value.
 */
export function withChecks(code: string): Checked {
  const tree = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ESNext, true);
  const claims: Claim[] = [];
  const edits: Edit[] = [];
  const marks = [...code.matchAll(/\/\/ (=>|throws\b)[ \t]*(.*)$/gm)];
  for (const mark of marks) {
    const line = tree.getLineAndCharacterOfPosition(mark.index).line + 1;
    const claim: Claim = {
      kind: mark[1] === '=>' ? 'shows' : 'throws',
      line,
      text: (mark[2] ?? '').trim(),
    };
    const statement = statementBefore(tree, mark.index);
    const edit = statement && editFor(tree, statement, claim, claims.length);
    if (edit === undefined)
      throw new RangeError(`line ${line}: expected a value before "${mark[0]}"`);
    claims.push(claim);
    edits.push(edit);
  }
  return { claims, code: applyEdits(code, edits) };
}

/** The innermost statement that ends before `position` with nothing but blanks between. */
function statementBefore(tree: ts.SourceFile, position: number): ts.Statement | undefined {
  let found: ts.Statement | undefined;
  const visit = (node: ts.Node): void => {
    const isBefore = node.getEnd() <= position;
    if (isBefore && ts.isStatement(node) && !ts.isBlock(node)) {
      const between = tree.text.slice(node.getEnd(), position);
      if (/^[ \t]*(\n[ \t]*)?$/.test(between)) found = node;
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function editFor(
  tree: ts.SourceFile,
  statement: ts.Statement,
  claim: Claim,
  index: number,
): Edit | undefined {
  const found = valueOf(statement);
  if (found === undefined) return undefined;
  const [start, end] = [found.place.getStart(tree), found.place.getEnd()];
  const text = found.value.getText(tree);
  return claim.kind === 'shows'
    ? { start, end, text: `__shows(${index}, (${text}))` }
    : { start, end, text: `await __throws(${index}, async () => (${text}))` };
}

/** A value in a statement, and what to put the check in the place of. */
interface Value {
  readonly value: ts.Expression;
  readonly place: ts.Expression;
}

/** The expression of a statement, what it prints, the initializer of a constant. */
function valueOf(statement: ts.Statement): Value | undefined {
  if (ts.isExpressionStatement(statement)) {
    const place = statement.expression;
    const isLog = ts.isCallExpression(place) && place.expression.getText() === 'console.log';
    const value = isLog ? place.arguments[0] : place;
    return value && { value, place };
  }
  if (!ts.isVariableStatement(statement)) return undefined;
  const value = statement.declarationList.declarations[0]?.initializer;
  return value && { value, place: value };
}

function applyEdits(code: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((left, right) => right.start - left.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code);
}

/** The value that a claim names. */
export interface Expected {
  readonly value: unknown;
  /** Digits behind the point when the value is a number written with some; else `undefined`. */
  readonly decimals: number | undefined;
}

/**
 * Reads the value at the start of `text`; a comma and free text may follow it.
 *
 * @throws RangeError if no expression stands there.
 */
export function expectedOf(text: string): Expected {
  for (let end = text.length; end > 0; end = text.lastIndexOf(',', end - 1)) {
    const literal = text.slice(0, end).trim();
    if (!isOneExpression(literal)) continue;
    const decimals = /^-?[\d_]+\.(\d+)$/.exec(literal)?.[1]?.length;
    // The text is our own documentation, and evaluating it is what this tool is for.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const evaluate = new Function(`"use strict"; return (${literal});`) as () => unknown;
    return { value: evaluate(), decimals };
  }
  throw new RangeError(`expected a value, got "${text}"`);
}

function isOneExpression(text: string): boolean {
  const { statements, parseDiagnostics } = parse(`(${text});`);
  const [statement] = statements;
  if (parseDiagnostics.length > 0 || statements.length !== 1 || !statement) return false;
  if (!ts.isExpressionStatement(statement)) return false;
  const { expression } = statement;
  return ts.isParenthesizedExpression(expression) && !isCommaList(expression.expression);
}

function isCommaList(node: ts.Expression): boolean {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken;
}

function parse(code: string): { statements: readonly ts.Statement[]; parseDiagnostics: unknown[] } {
  const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true });
  const tree = ts.createSourceFile('value.ts', code, ts.ScriptTarget.ESNext, true);
  return { statements: tree.statements, parseDiagnostics: diagnostics };
}

/** Whether `actual` reads as `expected` when printed with as many decimals. */
export function isSameNumber(actual: unknown, expected: Expected): boolean {
  if (typeof actual !== 'number' || typeof expected.value !== 'number') return false;
  return actual.toFixed(expected.decimals) === expected.value.toFixed(expected.decimals);
}
