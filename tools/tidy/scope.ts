import ts from 'typescript';

/**
 * Whether the identifier `node` is read as a value that nothing in its file declares: a global.
 * `window.fetch` is the global `window`; the `fetch` of `{ fetch: 1 }` is a name, not a value.
 */
export function isGlobalValue(node: ts.Identifier): boolean {
  return isValue(node) && !isDeclaredAround(node);
}

function isValue(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return false;
  if (ts.isTypeQueryNode(parent)) return false;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) {
    return parent.initializer === node;
  }
  if (ts.isPropertyDeclaration(parent)) return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  return !isNameOfDeclaration(node, parent);
}

function isNameOfDeclaration(node: ts.Identifier, parent: ts.Node): boolean {
  return 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
}

function isDeclaredAround(node: ts.Identifier): boolean {
  for (let scope: ts.Node = node.parent; ; scope = scope.parent) {
    if (declaredBy(scope).includes(node.text)) return true;
    if (ts.isSourceFile(scope)) return false;
  }
}

/** The names that `scope` itself introduces, blocks below it left out. */
function declaredBy(scope: ts.Node): readonly string[] {
  if (ts.isFunctionLike(scope)) {
    return scope.parameters.flatMap((parameter) => namesIn(parameter.name));
  }
  if (ts.isCatchClause(scope)) {
    return scope.variableDeclaration ? namesIn(scope.variableDeclaration.name) : [];
  }
  if (ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope)) {
    const start = scope.initializer;
    return start && ts.isVariableDeclarationList(start) ? namesOfList(start) : [];
  }
  if (ts.isBlock(scope) || ts.isSourceFile(scope) || ts.isModuleBlock(scope)) {
    return scope.statements.flatMap(namesOfStatement);
  }
  return ts.isCaseBlock(scope)
    ? scope.clauses.flatMap((clause) => clause.statements.flatMap(namesOfStatement))
    : [];
}

function namesOfStatement(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) return namesOfList(statement.declarationList);
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return statement.name ? [statement.name.text] : [];
  }
  return ts.isImportDeclaration(statement) ? namesOfImport(statement.importClause) : [];
}

function namesOfImport(clause: ts.ImportClause | undefined): readonly string[] {
  const bindings = clause?.namedBindings;
  const names = clause?.name ? [clause.name.text] : [];
  if (bindings === undefined) return names;
  return ts.isNamespaceImport(bindings)
    ? [...names, bindings.name.text]
    : [...names, ...bindings.elements.map((element) => element.name.text)];
}

function namesOfList(list: ts.VariableDeclarationList): readonly string[] {
  return list.declarations.flatMap((declaration) => namesIn(declaration.name));
}

function namesIn(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : namesIn(element.name),
  );
}
