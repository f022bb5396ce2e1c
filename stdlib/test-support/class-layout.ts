import { readFileSync } from "node:fs";
import ts from "typescript";

/** Where C puts a class's fields, as the compiler does: in bits. */
export interface ClassLayout {
  readonly offsets: ReadonlyMap<string, number>;
  readonly size: number;
}

interface Extent {
  readonly size: number;
  readonly align: number;
}

const scalar = (bytes: number): Extent => ({ size: bytes * 8, align: bytes * 8 });
const scalars: Readonly<Record<string, Extent>> = {
  u8: scalar(1),
  i8: scalar(1),
  u16: scalar(2),
  i16: scalar(2),
  be16: scalar(2),
  u32: scalar(4),
  i32: scalar(4),
  be32: scalar(4),
  u64: scalar(8),
  i64: scalar(8),
  be64: scalar(8),
  ptr: scalar(8),
};

/** Lays out the classes of some files of the standard library, those with overlays at the offsets given. */
export function layOutClasses(
  files: readonly string[],
  overlays: (className: string) => Readonly<Record<string, number>>,
): ReadonlyMap<string, ClassLayout> {
  const laidOut = new Map<string, ClassLayout & Extent>();
  for (const file of files) {
    const text = readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
    for (const node of source.statements)
      if (ts.isClassDeclaration(node) && node.name)
        laidOut.set(node.name.text, layOut(node, overlays(node.name.text), laidOut));
  }
  return laidOut;
}

function layOut(
  node: ts.ClassDeclaration,
  overlays: Readonly<Record<string, number>>,
  known: ReadonlyMap<string, Extent>,
): ClassLayout & Extent {
  const offsets = new Map<string, number>();
  let end = 0;
  let align = 8;
  for (const member of node.members) {
    if (!ts.isPropertyDeclaration(member) || !member.type) continue;
    const name = member.name.getText();
    const overlay = overlays[name];
    if (overlay !== undefined) {
      offsets.set(name, overlay * 8);
      continue;
    }
    const { extent, width } = extentOf(member.type, known);
    const straddles =
      width !== null && Math.floor(end / extent.size) !== Math.floor((end + width - 1) / extent.size);
    const start = width === null || straddles ? roundUp(end, extent.align) : end;
    offsets.set(name, start);
    end = start + (width ?? extent.size);
    align = Math.max(align, extent.align);
  }
  return { offsets, size: roundUp(end, align), align };
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

function extentOf(
  type: ts.TypeNode,
  known: ReadonlyMap<string, Extent>,
): { extent: Extent; width: number | null } {
  const plain = ts.isUnionTypeNode(type) ? type.types[0] : type;
  if (!plain || !ts.isTypeReferenceNode(plain)) throw new Error(`no layout for ${type.getText()}`);
  const name = plain.typeName.getText();
  const [first, second] = plain.typeArguments ?? [];
  if (name === "array" && first && second) {
    const element = extentOf(first, known).extent;
    return { extent: { size: element.size * Number(second.getText()), align: element.align }, width: null };
  }
  if (name === "bits" && first && second)
    return { extent: extentOf(first, known).extent, width: Number(second.getText()) };
  const extent = scalars[name] ?? known.get(name);
  if (!extent) throw new Error(`no layout for ${type.getText()}`);
  return { extent, width: null };
}
