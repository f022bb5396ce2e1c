/** Where the standard library's modules are: files without their folder. */
export interface LibrarySources {
  /** What a program imports. */
  readonly index: string;
  /** Global declarations, which always stay. */
  readonly core: string;
  /** Modules written in the dialect; the others are declarations. */
  readonly code: ReadonlySet<string>;
  read(file: string): string;
}

/**
 * Interfaces of which a program asks for one member by a text. A member is left out if the program does not have all
 * words of its name; `behind` are words of which a program that asks for any has one.
 */
const REGISTRIES: Readonly<Record<string, { readonly behind?: readonly string[] }>> = {
  Exact: {},
  Iterators: {},
  KernelTracepoints: { behind: ["tp", "tracepoint", "Tracepoint", "Tracepoints"] },
  SyscallTracepoints: { behind: ["tp", "tracepoint", "Tracepoint", "Tracepoints"] },
};

/** What the compiler takes from the library by itself, where a program has a word. */
const IMPLIED: Readonly<Record<string, string>> = { usdt: "usdtArgument" };

/**
 * The standard library without what a program cannot reach by the names that it mentions: the declarations of those,
 * what these refer to, and so on, by file. Files of which nothing is left are not there; those written in the dialect
 * stay as they are. A program then costs what it uses, however much the library has.
 *
 * A declaration begins with a letter at the start of a line, and goes on in lines that begin otherwise, as the
 * formatter and the generators write them.
 */
export function cutLibrary(
  sources: LibrarySources,
  mentioned: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const { index, core, code, read } = sources;
  const modules = new Map<string, Module>();
  const moduleAt = (file: string): Module => {
    const module = modules.get(file) ?? readModule(sources, file);
    modules.set(file, module);
    return module;
  };
  const implied = Object.entries(IMPLIED).flatMap(([word, name]) => (mentioned.has(word) ? name : []));
  const roots = new Set([...mentioned, ...implied]);
  const queue: Reference[] = moduleAt(index).exportsAllOf.flatMap((file) =>
    [...moduleAt(file).declarations.keys()].flatMap((name) => (roots.has(name) ? { file, name } : [])),
  );
  for (const [, base = "", name = ""] of read(core).matchAll(/\bimport\("\.\/([\w.-]+)\.js"\)\.(\w+)/g))
    queue.push({ file: fileOf(base, code), name });

  const kept = new Map<string, Kept>();
  // The queue grows on the way.
  for (const { file, name } of queue) {
    const { declarations, imports } = keptOf(kept, file);
    if (declarations.has(name)) continue;
    const registry = REGISTRIES[name];
    if (registry?.behind && !registry.behind.some((word) => mentioned.has(word))) {
      declarations.set(name, `export interface ${name} {}`);
      continue;
    }
    const module = moduleAt(file);
    const text = (module.declarations.get(name) ?? []).map(withoutComments).join("\n");
    const shown = registry ? membersMentioned(text, mentioned) : text;
    declarations.set(name, shown);
    for (const word of code.has(file) ? module.imports.keys() : wordsOf(shown)) {
      const from = module.imports.get(word);
      if (from !== undefined) {
        imports.set(word, from);
        queue.push({ file: from, name: word });
      } else if (module.declarations.has(word)) queue.push({ file, name: word });
    }
  }

  const exported = moduleAt(index).exportsAllOf.filter((file) => kept.has(file));
  return new Map([
    [core, read(core)],
    [index, exported.map((file) => `export * from ${specifierOf(file)};`).join("\n")],
    ...[...kept].map(([file, parts]) => [file, code.has(file) ? read(file) : textOf(parts)] as const),
  ]);
}

interface Reference {
  readonly file: string;
  readonly name: string;
}

interface Module {
  readonly exportsAllOf: readonly string[];
  /** The file that each imported name comes from. */
  readonly imports: ReadonlyMap<string, string>;
  /** By name: overloads, and a type and a value of one name, are several. */
  readonly declarations: ReadonlyMap<string, readonly string[]>;
}

/** What stays of a module. */
interface Kept {
  readonly declarations: Map<string, string>;
  readonly imports: Map<string, string>;
}

function keptOf(all: Map<string, Kept>, file: string): Kept {
  const kept = all.get(file) ?? { declarations: new Map(), imports: new Map() };
  all.set(file, kept);
  return kept;
}

const DECLARATION =
  /^(?:export )?(?:declare )?(?:abstract )?(?:class|const|enum|function|interface|namespace|type) (\w+)/;
const IMPORT = /^import (?:type )?\{([^}]*)\} from "\.\/([\w.-]+)\.js"/;
/** `export {}`, and what stands before the first statement. */
const NOTHING = /^(?:export \{\};|\/[/*])/;
const EXPORT_ALL = /^export \* from "\.\/([\w.-]+)\.js"/;

function readModule({ code, read }: LibrarySources, file: string): Module {
  const exportsAllOf: string[] = [];
  const imports = new Map<string, string>();
  const declarations = new Map<string, string[]>();
  for (const statement of read(file).split(/\n(?=[a-z])/)) {
    const name = DECLARATION.exec(statement)?.[1];
    const all = EXPORT_ALL.exec(statement)?.[1];
    const [, names, base = ""] = IMPORT.exec(statement) ?? [];
    if (name !== undefined) declarations.set(name, [...(declarations.get(name) ?? []), statement]);
    else if (all !== undefined) exportsAllOf.push(fileOf(all, code));
    else if (names !== undefined) for (const word of wordsOf(names)) imports.set(word, fileOf(base, code));
    else if (!NOTHING.test(statement))
      throw new Error(`${file} has a statement that is not known: ${statement}`);
  }
  return { exportsAllOf, imports, declarations };
}

const fileOf = (base: string, code: ReadonlySet<string>): string =>
  code.has(`${base}.ts`) ? `${base}.ts` : `${base}.d.ts`;

const specifierOf = (file: string): string => `"./${file.replace(/(\.d)?\.ts$/, "")}.js"`;

const wordsOf = (text: string): readonly string[] => text.match(/[A-Za-z_$][\w$]*/g) ?? [];

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*/gm, "");

/** An interface's members, each begun by two spaces, of whose names every word is mentioned. */
function membersMentioned(text: string, mentioned: ReadonlySet<string>): string {
  const [head = "", ...members] = text.split(/\n(?= {2}["\w]|\})/);
  const asked = members.filter((member) => {
    const [, quoted, plain] = /^ {2}(?:"([^"]+)"|(\w+))/.exec(member) ?? [];
    return wordsOf(quoted ?? plain ?? "").every((word) => mentioned.has(word));
  });
  return [head, ...asked].join("\n");
}

function textOf({ declarations, imports }: Kept): string {
  const from = [...imports].map(([name, file]) => `import type { ${name} } from ${specifierOf(file)};`);
  return [...from, ...declarations.values(), "export {};"].join("\n");
}
