import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import type { CoreRelocation } from "../core/relocation.js";
import type { AttachType, MapType, ProgramType } from "./kernel-enums.js";
import type { OwnSections } from "./own-sections.js";

/**
 * What a BPF object holds, before anything of it is in the kernel. Making one is pure: no privileges and no
 * system calls, the same result on every machine. Everything not `readonly` may be changed before loading.
 */
export interface CollectionSpec {
  /** The object's own BTF; null if it carries none. */
  readonly btf: Btf | null;
  readonly license: string;
  readonly endian: "little" | "big";
  /** Sections of programs that libbpf does not know, as they were given when the object was parsed. */
  readonly sections: OwnSections;
  readonly maps: ReadonlyMap<string, MapSpec>;
  readonly programs: ReadonlyMap<string, ProgramSpec>;
  /** Global variables of `.data*`, `.rodata*`, `.bss*` and of the arena, by name. Static ones are left out. */
  readonly variables: ReadonlyMap<string, VariableSpec>;
  /** `__kconfig` externs: places in the contents of the map `.kconfig`, to be filled in before it is created. */
  readonly kconfigs: ReadonlyMap<string, KconfigSpec>;
}

export interface MapSpec {
  readonly name: string;
  type: MapType;
  /** Bytes; 0 where the kind has none. */
  keySize: number;
  valueSize: number;
  maxEntries: number;
  /** `BPF_F_*` bits of map creation. */
  flags: number;
  /** `map_extra` of `BPF_MAP_CREATE`. */
  extra: bigint;
  numaNode: number | null;
  /** `by-name`: reused from, or pinned at, `<pin path>/<name>`. */
  pinning: "none" | "by-name";
  /** BTF ids in the object's BTF; 0 where there is none. */
  readonly keyType: TypeId;
  readonly valueType: TypeId;
  /**
   * The type of what a ring buffer or perf event array carries, by the `tsbpfc:record` decl tag on the map
   * (such a map must not declare a value type); 0 where unknown.
   */
  readonly recordType: TypeId;
  /** What `btf_decl_tag`s say of it. */
  readonly tags: readonly string[];
  /** For maps in maps. */
  inner: MapSpec | null;
  /**
   * `values` of a prog array or of a map of maps: slot → name of a program or map. Of a struct_ops map: byte
   * offset of a function pointer within `contents` → name of the program it points to. May be changed.
   */
  readonly values: Map<number, string>;
  /**
   * The section's bytes, for the map behind `.data*`, `.rodata*` or `.bss*`; zeroes for `.kconfig`; for an arena,
   * its globals (`.addr_space.1`), which are put at its start; for a struct_ops map, the initial value laid out as
   * the object's own struct. Own memory: may be written.
   */
  readonly contents: Uint8Array | null;
  /**
   * What the map is behind: a declared map, a section of globals, or a variable in `.struct_ops*` (type
   * `struct_ops`, `valueType` the object's struct; `BPF_F_LINK` in `flags` for `.struct_ops.link`).
   * `rodata` and `kconfig` are frozen after creation and have `BPF_F_RDONLY_PROG` in `flags`;
   * `BPF_F_MMAPABLE` is left to the loader (it needs Linux 5.5).
   */
  readonly origin: "declared" | "data" | "rodata" | "bss" | "kconfig" | "struct_ops";
  /** The datasec of a section's map, or of an arena's globals; 0 otherwise. */
  readonly sectionType: TypeId;
  /**
   * A section of `.data*` or `.bss*` whose variables are all static: user space names none of them, and shares no memory.
   * So locks, lists and trees are kept apart (`private(A)` in the kernel's headers): the kernel lets no map be mapped
   * that has such things (kernel: `bpf_map_mmap`; libbpf: `map_is_mmapable`).
   */
  readonly unshared: boolean;
  /**
   * Descriptor of a map to use in the place of a new one, if it is like this one; it stays its owner's to close.
   * Null: a new one, or the pinned one.
   */
  reuseFd: number | null;
  /** Name of the program of this object that alone may use the map (libbpf: `bpf_map__set_exclusive_program`). Linux 6.18. */
  exclusiveTo: string | null;
  /** False for a struct_ops variable in a section that begins with `?`. */
  autocreate: boolean;
  /**
   * What stands behind `struct bpf_map_def` in a map of a `maps` section, if any of it is not zero: iproute2's
   * `struct bpf_elf_map` goes on with `id`, `pinning`, `inner_id` and `inner_idx`. Nobody here gives it a meaning:
   * who does sets it to null, and until then the map is not loaded.
   */
  legacyTail: Uint8Array | null;
}

/** An extern in `.kconfig`: `CONFIG_*`, `LINUX_KERNEL_VERSION` and its like. Little or big endian as the object. */
export interface KconfigSpec {
  readonly name: string;
  /** Bytes from the start of the map `.kconfig`'s contents. */
  readonly offset: number;
  readonly size: number;
  readonly type: TypeId;
  /** A weak one stays zero where the kernel's configuration has no such option. */
  readonly weak: boolean;
}

export interface VariableSpec {
  readonly name: string;
  /** Name of the map that holds it: its section's name, or the arena's. */
  readonly section: string;
  readonly offset: number;
  readonly size: number;
  readonly type: TypeId;
  /** In `.rodata`: constant once loaded. */
  readonly constant: boolean;
  /** What `btf_decl_tag`s say of it. */
  readonly tags: readonly string[];
}

export interface ProgramSpec {
  readonly name: string;
  /** The section's name, without a leading `?`, as libbpf knows it. */
  readonly section: string;
  type: ProgramType;
  expectedAttachType: AttachType | null;
  /** What stands behind the section's prefix: `syscalls/sys_enter_execve`, `do_unlinkat`; empty if nothing. */
  attachTo: string;
  /**
   * Descriptor of a loaded BPF program whose function `attachTo` names: what `freplace` puts itself in the place of,
   * and what fentry and fexit may trace. Null: the kernel's own.
   */
  targetFd: number | null;
  /** `BPF_F_*` bits of program load that the section asks for, such as `BPF_F_SLEEPABLE`. */
  flags: number;
  /** False for a section that begins with `?`. */
  autoload: boolean;
  /** What `btf_decl_tag`s say of the function; of types and members, `btf.declTags` tells. */
  readonly tags: readonly string[];
  /** Whether attaching all programs attaches this one (`bpf_program__set_autoattach`). */
  autoattach: boolean;
  /**
   * The program followed by every subprogram that it reaches; calls between them and the addresses of
   * functions are resolved. 8 bytes each, in the object's byte order. Apply CO-RE, then `references`. May be changed in
   * place, by `Instructions`; {@link copySpec} makes a copy to change.
   */
  readonly instructions: Uint8Array;
  /** Where instructions want a map's fd, a section's address, a function's address … filled in at load. */
  readonly references: readonly Reference[];
  /**
   * Functions within `instructions`, the program itself first. `insn` counts instructions (8 bytes). A `type`
   * of 0 means the object has no debug info for it: then no func_info may be given to the kernel at all.
   */
  readonly functions: readonly FunctionInfo[];
  readonly lines: readonly LineInfo[];
  readonly coreRelocations: readonly CoreRelocation[];
}

/**
 * An `ld_imm64` (or a call) whose immediate is known only at load. `insn` indexes `ProgramSpec.instructions`.
 * The instruction's `src_reg` (`BPF_PSEUDO_*`) and a map value's offset are set already; immediates are zero.
 * - `map`: `imm` is the map's fd. `mapValue`: likewise, with the offset in the second half's `imm`.
 * - `jumpTable`: `imm` is the fd of a map of type `insn_array` (Linux 6.19) that holds `targets`, which are instructions of
 *   `ProgramSpec.instructions`; the second half's `imm` is the offset in it.
 * - `function`: resolved already (`BPF_PSEUDO_FUNC`, relative); listed for those who print or move code.
 * - `kfunc`: a call; `imm` is the BTF id, `off` the index in `fd_array` (0: vmlinux).
 * - `ksym`: an `ld_imm64` of a kernel symbol's or kfunc's address; `type` is the extern's type in the object's
 *   BTF (0: none), `void` for an untyped one, which is looked up in /proc/kallsyms and becomes a plain constant.
 */
export type Reference =
  | { readonly kind: "map"; readonly insn: number; readonly map: string }
  | { readonly kind: "mapValue"; readonly insn: number; readonly map: string; readonly offset: number }
  | { readonly kind: "jumpTable"; readonly insn: number; readonly targets: readonly number[] }
  | { readonly kind: "function"; readonly insn: number; readonly target: number }
  | {
      readonly kind: "kfunc" | "ksym";
      readonly insn: number;
      readonly name: string;
      readonly weak: boolean;
      /** The extern's `func` or `var` in the object's BTF. */
      readonly type: TypeId;
    };

export interface FunctionInfo {
  readonly insn: number;
  readonly name: string;
  /** A `func` in the object's BTF. */
  readonly type: TypeId;
}

export interface LineInfo {
  readonly insn: number;
  readonly file: string;
  /** The text of the source line. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Where `file` and `text` stand in the BTF's string table: what `struct bpf_line_info` wants. */
  readonly fileOffset: number;
  readonly textOffset: number;
}
