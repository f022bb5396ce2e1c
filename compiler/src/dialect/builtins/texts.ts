import { TSB } from "../../diagnostics/catalogue.js";
import { int } from "../build.js";
import { directText, isText, literalText } from "../expressions/texts.js";
import { integers, typeName } from "../model/types.js";
import { argumentsOf } from "./arguments.js";
import type { Builtin } from "./index.js";

/** `strlen(s)`: bytes before the first NUL. */
const strlen: Builtin = (scope, node) => {
  const [text] = argumentsOf(scope, node, 1) ?? [];
  if (!text) return scope.nothing(node);
  const loc = scope.session.locate(node);
  if (!isText(text))
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(text.type)}`, "a text"));
  if (text.kind === "string") return int(BigInt(literalText(text).length), loc, integers.u32);
  return { kind: "textLength", text: directText(scope, text), type: integers.u32, loc };
};

export const texts: Readonly<Record<string, Builtin>> = { strlen };
