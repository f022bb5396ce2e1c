import { ts } from "ts-morph";
import { type Message, TSB } from "../diagnostics/catalogue.js";
import type { Session } from "./session.js";

/** What is wrong with a node of this kind, or null if this one is fine. */
type Restriction = (node: never) => Message | null;

const refuse =
  (what: string, why: string, instead: string): Restriction =>
  () =>
    TSB.notInDialect(what, why, instead);

const NO_HEAP = "There is no heap and no garbage collector in the kernel.";
const FIXED = "What a function takes is fixed while compiling, one register each.";

const K = ts.SyntaxKind;

/** Syntax that TypeScript has and the dialect has not (docs/dialect.md, section 9). */
const restrictions: ReadonlyMap<ts.SyntaxKind, Restriction> = new Map<ts.SyntaxKind, Restriction>([
  [K.AwaitExpression, () => TSB.asyncCode("`await`")],
  [K.YieldExpression, () => TSB.asyncCode("A generator")],
  [K.FunctionExpression, () => TSB.storedClosure()],
  [K.ArrowFunction, arrowFunction],
  [K.FunctionDeclaration, functionLike],
  [K.MethodDeclaration, functionLike],
  [K.ThrowStatement, () => TSB.exceptions("`throw`")],
  [K.TryStatement, () => TSB.exceptions("`try`")],
  [
    K.GetAccessor,
    refuse("A getter", "A field is memory; code runs only where it is called.", "Write a method."),
  ],
  [
    K.SetAccessor,
    refuse("A setter", "A field is memory; code runs only where it is called.", "Write a method."),
  ],
  [K.Parameter, parameter],
  [
    K.RegularExpressionLiteral,
    refuse(
      "A regular expression",
      "Matching takes unbounded time and memory.",
      "Compare bytes in a loop with a bound, or match in Node.",
    ),
  ],
  [K.SpreadElement, refuse("Spread", NO_HEAP, "Name the elements, or use copy().")],
  [
    K.SpreadAssignment,
    refuse("Spread", NO_HEAP, "Use copy(target, source) for a whole struct, or assign the fields."),
  ],
  [
    K.DeleteExpression,
    refuse(
      "`delete`",
      "A struct's fields are fixed memory.",
      "Set the field to 0; entries of a map go with map.delete(key).",
    ),
  ],
  [
    K.TypeOfExpression,
    refuse(
      "`typeof` on a value",
      "Types exist only while compiling.",
      "The type is known: branch on the value.",
    ),
  ],
  [K.VoidExpression, refuse("`void`", "It has no use here.", "Write the expression as a statement.")],
  [
    K.ClassExpression,
    refuse(
      "A class expression",
      "A class is a struct or the program, known by its name.",
      "Declare a class in the module.",
    ),
  ],
  [
    K.ForInStatement,
    refuse(
      "`for … in`",
      "Structs have no keys at run time.",
      "Use `for … of` over an array, a range or a map.",
    ),
  ],
  [K.WithStatement, refuse("`with`", "Names are resolved while compiling.", "Write the object out.")],
  [
    K.DebuggerStatement,
    refuse("`debugger`", "Nobody can stop the kernel here.", "Use printk(), or a ring buffer."),
  ],
  [K.TaggedTemplateExpression, refuse("A tagged template", "Strings are fixed memory.", "Use snprintf().")],
  [K.HeritageClause, heritage],
  [K.CallExpression, dynamicImport],
  [K.VariableDeclarationList, variables],
  [K.ClassDeclaration, onlyInModules("A class")],
  [K.ModuleDeclaration, namespace],
  [
    K.ClassStaticBlockDeclaration,
    refuse("A static block", "A class is a layout; nothing runs for it.", "Write a function and call it."),
  ],
  [
    K.OmittedExpression,
    (node: ts.OmittedExpression) =>
      ts.isArrayLiteralExpression(node.parent) && !isPattern(node.parent)
        ? TSB.notInDialect("A hole in a list", "Every element has a value.", "Write the element: `0`.")
        : null,
  ],
  [K.ExpressionWithTypeArguments, instantiation],
  [K.PrivateIdentifier, refuse("A name with `#`", "Fields have C names in the object.", "Use `private`.")],
  [
    K.IndexSignature,
    refuse("An index signature", "A struct's fields are known while compiling.", "Use an array or a map."),
  ],
  [
    K.StaticKeyword,
    refuse(
      "`static`",
      "A class is a layout; there is no object of its own.",
      "Use a `const` or a function of the module.",
    ),
  ],
  [K.AbstractKeyword, refuse("`abstract`", "There is no inheritance.", "Leave it out.")],
  [
    K.AccessorKeyword,
    refuse("`accessor`", "A field is memory; code runs only where it is called.", "Leave it out."),
  ],
  [K.PropertyDeclaration, optionalField],
  [K.PropertySignature, optionalField],
  [K.MetaProperty, refuse("`import.meta`", "A BPF program has no module at run time.", "Leave it out.")],
  [K.BinaryExpression, binary],
]);

function functionLike(node: ts.FunctionDeclaration | ts.MethodDeclaration): Message | null {
  if (node.asteriskToken) return TSB.asyncCode("A generator");
  if (node.modifiers?.some((m) => m.kind === K.AsyncKeyword)) return TSB.asyncCode("An `async` function");
  if (overloaded(node))
    return TSB.notInDialect(
      "An overloaded function",
      "Which one is called is a matter of its name.",
      "Give each its name, or use a type parameter: functions are compiled per use.",
    );
  if (ts.isMethodDeclaration(node))
    return ts.isObjectLiteralExpression(node.parent) ? TSB.storedClosure() : null;
  return onlyInModules("A function")(node);
}

/** Functions and classes have names of their own in the object, and see nothing of a function around them. */
function onlyInModules(what: string): (node: ts.Node) => Message | null {
  return (node) =>
    ts.isSourceFile(node.parent) || ts.isModuleBlock(node.parent)
      ? null
      : TSB.notInDialect(
          `${what} inside of a function`,
          "It would be compiled by itself, and could not see what is around it.",
          "Declare it in the module, and hand over what it needs.",
        );
}

function dynamicImport(node: ts.CallExpression): Message | null {
  return node.expression.kind === K.ImportKeyword
    ? TSB.notInDialect(
        "Dynamic import",
        "All that a program calls is verified when it is loaded.",
        "Import it at the top of the file.",
      )
    : null;
}

function variables(node: ts.VariableDeclarationList): Message | null {
  const kind = node.flags & ts.NodeFlags.BlockScoped;
  if (kind === ts.NodeFlags.Using || kind === ts.NodeFlags.AwaitUsing)
    return TSB.notInDialect("`using`", "Nothing is disposed of in the kernel.", "Release it by name.");
  if (kind !== 0 || ts.isSourceFile(node.parent.parent)) return null;
  return TSB.notInDialect(
    "`var`",
    "It is seen outside of its block, and before it has a value.",
    "Use `let` or `const`.",
  );
}

function namespace(node: ts.ModuleDeclaration): Message | null {
  return node.modifiers?.some((m) => m.kind === K.DeclareKeyword)
    ? null
    : TSB.notInDialect(
        "A namespace",
        "Modules are files.",
        "Put it into a file of its own, and import that.",
      );
}

function instantiation(node: ts.ExpressionWithTypeArguments): Message | null {
  return ts.isHeritageClause(node.parent) ? null : TSB.storedClosure();
}

/** Is this literal what is assigned to: `[a, , b] = …`, `for ([a] of …)`? */
function isPattern(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent))
    return parent.operatorToken.kind === K.EqualsToken && parent.left === node;
  if (ts.isForOfStatement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent)) return isPattern(parent.parent);
  return (ts.isArrayLiteralExpression(parent) || ts.isParenthesizedExpression(parent)) && isPattern(parent);
}

/** An arrow function may stand only where it is handed to a call. */
function arrowFunction(node: ts.ArrowFunction): Message | null {
  if (node.modifiers?.some((m) => m.kind === K.AsyncKeyword)) return TSB.asyncCode("An `async` function");
  return ts.isCallExpression(node.parent) ? null : TSB.storedClosure();
}

/** A signature that another declaration has the body of. */
function overloaded(node: ts.FunctionDeclaration | ts.MethodDeclaration): boolean {
  const declared =
    ts.canHaveModifiers(node) &&
    node.modifiers?.some((m) => m.kind === K.DeclareKeyword || m.kind === K.AbstractKeyword);
  return !node.body && !declared;
}

function optionalField(node: ts.PropertyDeclaration | ts.PropertySignature): Message | null {
  return node.questionToken
    ? TSB.notInDialect(
        "An optional field",
        "A field is always there.",
        "Make it required; what may be missing is a pointer: `ptr<T> | null`.",
      )
    : null;
}

function parameter(node: ts.ParameterDeclaration): Message | null {
  if (node.modifiers?.some((m) => m.kind !== K.Decorator))
    return TSB.notInDialect(
      "A parameter that declares a field",
      "Fields and their types stand together in the class.",
      "Declare the field, and assign it in the constructor.",
    );
  if (node.dotDotDotToken)
    return TSB.notInDialect("A rest parameter", FIXED, "Name the parameters, or pass an array.");
  if (node.questionToken || node.initializer)
    return TSB.notInDialect("An optional parameter", FIXED, "Make it required, or write two functions.");
  return null;
}

function heritage(node: ts.HeritageClause): Message | null {
  return node.token === K.ExtendsKeyword && ts.isClassDeclaration(node.parent)
    ? TSB.notInDialect(
        "Inheritance",
        "A struct has one layout, and calls are static.",
        "Embed the other struct as a field.",
      )
    : null;
}

function binary(node: ts.BinaryExpression): Message | null {
  switch (node.operatorToken.kind) {
    case K.InKeyword:
      return TSB.notInDialect(
        "`in`",
        "A struct's fields are known while compiling.",
        "For a kernel field, use fieldExists(x.f).",
      );
    case K.InstanceOfKeyword:
      return TSB.notInDialect(
        "`instanceof`",
        "Structs carry no type at run time.",
        "Keep a kind in a field and compare it.",
      );
    case K.CommaToken:
      // Where a `for` steps, there is no place for two statements.
      return inForHeader(node)
        ? null
        : TSB.notInDialect(
            "The comma operator",
            "It hides an effect in an expression.",
            "Write two statements.",
          );
    case K.AsteriskAsteriskEqualsToken:
      return TSB.notInDialect(
        "`**=`",
        "BPF has no such instruction.",
        "Multiply in a loop with a bound, or shift.",
      );
    default:
      return null;
  }
}

function inForHeader(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isForStatement(parent)) return parent.initializer === node || parent.incrementor === node;
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === K.CommaToken && inForHeader(parent);
}

const find = (node: ts.Node): Message | null => restrictions.get(node.kind)?.(node as never) ?? null;

/** Is this node refused by the pass over the syntax? */
export const outsideDialect = (node: ts.Node): boolean => find(node) !== null;

/** Reports all syntax outside the dialect; what is inside a refused node is not looked at. */
export function reportRestrictions(session: Session, source: ts.SourceFile): ts.Node[] {
  const refused: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const message =
      find(node) ??
      moduleVariable(node) ??
      moduleCode(node) ??
      comparedTwice(session, node) ??
      ownDecorator(session, node);
    if (!message) {
      ts.forEachChild(node, visit);
      return;
    }
    session.report(whereToPoint(node), message);
    refused.push(node);
  };
  visit(source);
  return refused;
}

/** A long node is named by its first word, not underlined whole. */
function whereToPoint(node: ts.Node): ts.Node {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node))
    return node.modifiers?.find((m) => m.kind === K.AsyncKeyword) ?? node.asteriskToken ?? node.name ?? node;
  const long = ts.isTryStatement(node) || ts.isClassExpression(node) || ts.isForInStatement(node);
  return (long ? node.getFirstToken() : null) ?? node;
}

/** Module-level `let` and `var`. */
function moduleVariable(node: ts.Node): Message | null {
  if (!ts.isVariableStatement(node) || !ts.isSourceFile(node.parent)) return null;
  if (node.declarationList.flags & ts.NodeFlags.Const) return null;
  return TSB.moduleState(node.declarationList.declarations[0]?.name.getText() ?? "");
}

/** What may stand in a module beside declarations: nothing that would have to run. */
const moduleStatements: ReadonlySet<ts.SyntaxKind> = new Set([
  K.ImportDeclaration,
  K.ExportDeclaration,
  K.ExportAssignment,
  K.VariableStatement,
  K.FunctionDeclaration,
  K.ClassDeclaration,
  K.EnumDeclaration,
  K.InterfaceDeclaration,
  K.TypeAliasDeclaration,
  K.ModuleDeclaration,
  K.EmptyStatement,
  K.ImportEqualsDeclaration,
]);

function moduleCode(node: ts.Node): Message | null {
  return node.parent &&
    ts.isSourceFile(node.parent) &&
    node.kind !== K.EndOfFileToken &&
    !moduleStatements.has(node.kind)
    ? TSB.moduleCode()
    : null;
}

/** `a < (b) > (c)`, where `a` is nothing that can be called. */
function comparedTwice(session: Session, node: ts.Node): Message | null {
  if (!ts.isCallExpression(node) || !node.typeArguments) return null;
  const callable = session.checker.getTypeAtLocation(node.expression).getCallSignatures().length > 0;
  return callable ? null : TSB.comparedTwice(node.getText());
}

/** A decorator that the compiler does not know would be a function that runs when a class is made. */
function ownDecorator(session: Session, node: ts.Node): Message | null {
  if (!ts.isDecorator(node)) return null;
  const { expression } = node;
  const symbol = session.symbolOf(ts.isCallExpression(expression) ? expression.expression : expression);
  if (!symbol?.valueDeclaration || session.stdlibName(symbol) !== null) return null;
  return TSB.notInDialect(
    "A decorator of one's own",
    "It would have to run while the class is made.",
    "Leave it out; @tsbpfc/stdlib has those with a meaning.",
  );
}
