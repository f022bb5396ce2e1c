import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import type { AttachOptions } from "../links/attach.js";
import type { Link } from "../links/link.js";
import { type Collection, loadCollection } from "../load/collection.js";
import { type LoadOptions, loadOptions } from "../load/options.js";
import { StructOps } from "../maps/struct-ops.js";
import { UsageError } from "../sys/errors.js";
import { unattached } from "./attachable.js";
import type { AttachTargets, OpenOptions, SkeletonDefinition } from "./definition.js";
import { doEach } from "./each.js";
import { assign, configure } from "./options.js";
import { SkeletonProgram } from "./program.js";
import { assignStructOps, structOpsValues } from "./struct-ops.js";
import { initialMemory, type SectionMemory, variables } from "./variables.js";

/**
 * Base of generated skeletons: one object, from its bytes to live maps and programs. `open` parses; `load` makes
 * maps and programs; `attach` lets them run; `close` ends all that is not pinned.
 */
export abstract class Skeleton<
  Maps extends object,
  Programs extends object,
  Rodata extends object,
  Globals extends object,
  StructOpsValues extends object = object,
> {
  /** What the object holds; may be changed until `load`. */
  readonly spec: CollectionSpec;
  readonly programs: Programs;
  /** Constants: set them before `load`. */
  readonly rodata: Rodata;
  /**
   * Variables that are shared with the programs: their first values before `load`, live after. Up to 64 bits are
   * stored in one go; a program may see a struct or an array when it is half written.
   */
  readonly globals: Globals;
  /** Members of structs of struct_ops, by struct: values, and programs by name. Set them before `load`. */
  readonly structOps: StructOpsValues;
  readonly #definition: SkeletonDefinition<Maps, Programs>;
  readonly #programs = new Map<string, SkeletonProgram>();
  readonly #options: LoadOptions;
  #collection: Collection | null = null;
  #maps: Maps | null = null;
  #links: Link[] = [];
  #closed = false;

  protected constructor(
    object: Uint8Array,
    definition: SkeletonDefinition<Maps, Programs>,
    options: OpenOptions<Maps, Programs, Rodata, Globals, StructOpsValues>,
  ) {
    this.#definition = definition;
    this.#options = loadOptions(options);
    this.spec = parseObject(object, { sections: definition.sections ?? {} });
    for (const name of definition.programs) {
      const spec = this.spec.programs.get(name);
      if (spec) this.#programs.set(name, new SkeletonProgram(spec));
    }
    this.programs = Object.fromEntries(this.#programs) as Programs;
    const memory: SectionMemory = (section) =>
      this.#closed
        ? null
        : this.#collection
          ? (this.#collection.maps.get(section)?.memory ?? null)
          : initialMemory(this.spec, section);
    const beforeLoad = (name: string): void => {
      if (this.#collection)
        throw new UsageError("loaded", `'${name}' is a constant of the loaded program: set it before load()`);
    };
    this.rodata = variables(definition.rodata, memory, beforeLoad) as Rodata;
    this.globals = variables(definition.globals, memory, () => {}) as Globals;
    this.structOps = structOpsValues(definition.structOps ?? {}, this.spec, beforeLoad) as StructOpsValues;
    const { name } = definition;
    configure(name, this.spec, options.maps ?? {}, options.programs ?? {});
    assign(this.rodata, options.rodata ?? {}, `${name}, rodata`);
    assign(this.globals, options.globals ?? {}, `${name}, globals`);
    assignStructOps(this.structOps, options.structOps ?? {}, `${name}, structOps`);
  }

  /** The maps. @throws UsageError `not-loaded` before load(), `closed` after close() */
  get maps(): Maps {
    if (!this.#maps) throw this.#absent("maps");
    return this.#maps;
  }

  /**
   * Makes maps and programs in the kernel: all, or none.
   *
   * @throws VerifierError with the place in the source, SyscallError, UsageError, CoreError
   */
  load(): this {
    if (this.#collection) throw new UsageError("loaded", `${this.#definition.name} is loaded already`);
    if (this.#closed) throw new UsageError("closed", `${this.#definition.name} is closed`);
    const collection = loadCollection(this.spec, this.#options);
    try {
      this.#maps = this.#openMaps(collection);
    } catch (error) {
      collection.close();
      throw error;
    }
    this.#collection = collection;
    for (const [name, program] of this.#programs) program.use(collection.programs.get(name) ?? null);
    return this;
  }

  /**
   * Attaches every loaded program that is not attached yet, by its section; `targets` says where for those whose
   * section leaves it open; and every struct of struct_ops. Left alone, unless `targets` names them, are programs that
   * are there for tail calls (in a prog array's `values`) or for a map's values (`xdp/devmap`), of type syscall, and those
   * with `autoattach: false`. If one cannot be attached, those of this call are detached again.
   *
   * @throws UsageError `not-loaded`, `target-missing`, `unsupported`; SyscallError
   */
  attach(targets?: AttachTargets<Programs>): this {
    if (!this.#collection) throw this.#absent("programs");
    const where = new Map<string, AttachOptions>(Object.entries(targets ?? {}));
    for (const name of where.keys())
      if (!this.#programs.has(name))
        throw new UsageError("bad-value", `${this.#definition.name} has no program '${name}'`);
    const left = unattached(this.spec);
    const attached: { detach(): void }[] = [];
    try {
      for (const structOps of this.#structOps()) {
        const link = structOps.attach();
        this.#links.push(link);
        attached.push({ detach: () => link.close() });
      }
      for (const [name, program] of this.#programs) {
        if (!program.spec.autoload || program.links.length > 0) continue;
        if (left.has(name) && !where.has(name)) continue;
        program.attach(where.get(name) ?? {});
        attached.push(program);
      }
    } catch (error) {
      try {
        doEach(attached.map((one) => () => one.detach()));
      } catch {
        // Why it could not be attached is what counts.
      }
      throw error;
    }
    return this;
  }

  detach(): void {
    doEach([
      ...[...this.#programs.values()].map((program) => () => program.detach()),
      ...this.#links.splice(0).map((link) => () => link.close()),
    ]);
  }

  /** Those that nobody has registered yet. */
  #structOps(): StructOps[] {
    return Object.values(this.maps).filter((map) => map instanceof StructOps && !map.attached);
  }

  /** Detaches, and frees everything that is not pinned. May be called again. */
  close(): void {
    if (this.#closed) return;
    const collection = this.#collection;
    this.#collection = null;
    this.#maps = null;
    this.#closed = true;
    doEach([
      ...[...this.#programs.values()].map((program) => () => program.end()),
      ...this.#links.splice(0).map((link) => () => link.close()),
      () => collection?.close(),
    ]);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #absent(what: string): UsageError {
    const { name } = this.#definition;
    return this.#closed
      ? new UsageError("closed", `${name} is closed, and its ${what} with it`)
      : new UsageError("not-loaded", `the ${what} of ${name} are made by load(): call it first`);
  }

  #openMaps(collection: Collection): Maps {
    const opened: [string, unknown][] = [];
    for (const name of Object.keys(this.#definition.maps) as (keyof Maps & string)[]) {
      const handle = collection.maps.get(name);
      if (handle) opened.push([name, this.#definition.maps[name](handle)]);
    }
    return Object.fromEntries(opened) as Maps;
  }
}
