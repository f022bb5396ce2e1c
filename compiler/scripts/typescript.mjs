// Makes a module of what the compiler reaches of TypeScript: half of it. V8 takes a bundle's code whole out of its
// cache, run or not, so what is not there saves time at each start.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Functions that are called for what they change as TypeScript loads; others register what an editor offers. */
const CALLED = new Set(["setObjectAllocator"]);
/** Functions that lead to much that no probe needs: writing JavaScript and declarations, an editor's texts. */
const LEFT_OUT = new Set([
  "emitFiles",
  "getDeclarationDiagnostics",
  "getDocumentationComment",
  "getJsDocTagsOfDeclarations",
  "getTransformers",
]);
/** The names that the package exports are the members of this one. */
const EXPORTS = "typescript_exports";

/**
 * Every `ts.name` in the sources of a folder: those of types are among them. The editor's plugin does not count, for
 * it runs with the editor's TypeScript.
 */
export function usedNames(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.startsWith("editor"))
    .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/\bts\.(\w+)/g)])
    .map(([, name]) => name);
}

/**
 * @param text TypeScript's package: one function around everything
 * @param used names that it is asked for
 * @returns a module that exports those of them that it has, as properties of `ts`
 */
export function reachedTypeScript(text, used) {
  const source = ts.createSourceFile("typescript.js", text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const parts = statementsOf(source).map((node) => ({ node, owners: ownersOf(node) }));
  const byName = new Map();
  for (const part of parts)
    for (const name of part.owners ?? []) byName.set(name, [...(byName.get(name) ?? []), part]);

  const exported = exportsOf(byName.get(EXPORTS));
  const names = [...new Set(used)].filter((name) => exported.has(name));
  const kept = new Set();
  const queue = [...names.map((name) => exported.get(name)).flatMap((name) => byName.get(name) ?? [])];
  queue.push(...parts.filter(({ owners }) => owners === null));
  // The queue grows on the way.
  for (const part of queue) {
    if (kept.has(part)) continue;
    kept.add(part);
    if (!isLeftOut(part.node))
      for (const name of identifiersIn(part.node)) queue.push(...(byName.get(name) ?? []));
  }
  const code = parts.filter((part) => kept.has(part)).map(({ node }) => textOf(node, source));
  const members = names.map((name) => `${name}: ${exported.get(name)}`);
  return `${code.join("\n")}\nexport const ts = { ${members.join(", ")} };\n`;
}

/** Those of the function that the package calls: `((module) => { … })(…)`. */
function statementsOf(source) {
  for (const statement of source.statements) {
    const call = ts.isExpressionStatement(statement) && statement.expression;
    const callee = call && ts.isCallExpression(call) && ts.skipParentheses(call.expression);
    if (callee && ts.isArrowFunction(callee) && ts.isBlock(callee.body)) return callee.body.statements;
  }
  throw new Error("TypeScript's package is not one function any more");
}

/** The names that a statement declares or completes; null if it stays in any case. */
function ownersOf(node) {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return [node.name.text];
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap(({ name }) => namesIn(name));
  if (!ts.isExpressionStatement(node)) return null;
  const { expression } = node;
  if (ts.isBinaryExpression(expression)) return leftmost(expression.left);
  if (!ts.isCallExpression(expression)) return ts.isStringLiteral(expression) ? null : leftmost(expression);
  const callee = ts.skipParentheses(expression.expression);
  const [argument] = expression.arguments;
  // `((Space) => { … })(Space || (Space = {}))` and `__export(space, { … })` fill what was declared before.
  if (ts.isArrowFunction(callee)) return leftmost(argument);
  if (callee.text === "__export") return leftmost(argument);
  return CALLED.has(callee.text) ? null : [];
}

const namesIn = (name) =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []));

/** The `a` of `a.b = …` and of `a || …`. */
function leftmost(node) {
  if (ts.isPropertyAccessExpression(node)) return leftmost(node.expression);
  if (ts.isBinaryExpression(node)) return leftmost(node.left);
  // `module.exports = …`, and `0 && (module.exports = …)` for readers of CommonJS.
  if (ts.isNumericLiteral(node)) return [];
  if (ts.isIdentifier(node)) return node.text === "module" ? [] : [node.text];
  throw new Error(`TypeScript's package has a statement that is not known: ${ts.SyntaxKind[node.kind]}`);
}

/** By name, what it is inside: `__export(typescript_exports, { name: () => inside, … })`. */
function exportsOf(parts = []) {
  const call = parts.map(({ node }) => node.expression).find((e) => e && ts.isCallExpression(e));
  if (!call) throw new Error(`TypeScript's package has no ${EXPORTS} any more`);
  return new Map(call.arguments[1].properties.map((p) => [p.name.text, p.initializer.body.text]));
}

/** All but the names of properties: some are of other things, which keeps more than is needed. */
function identifiersIn(node) {
  const found = new Set();
  const visit = (child) => {
    if (ts.isIdentifier(child)) found.add(child.text);
    else if (ts.isPropertyAccessExpression(child)) visit(child.expression);
    else if (ts.isPropertyAssignment(child) && ts.isIdentifier(child.name)) visit(child.initializer);
    else ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

const isLeftOut = (node) => ts.isFunctionDeclaration(node) && LEFT_OUT.has(node.name.text);

const textOf = (node, source) =>
  isLeftOut(node)
    ? `function ${node.name.text}() { throw new Error("${node.name.text} is left out of this bundle"); }`
    : node.getText(source);
