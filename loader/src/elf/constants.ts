/** Numbers of the ELF format that BPF objects use (include/uapi/linux/elf.h, elf(5)). */
export const elfMachine = { none: 0, bpf: 247 } as const;
export const elfType = { relocatable: 1, executable: 2, shared: 3 } as const;

export const sectionType = {
  null: 0,
  progbits: 1,
  symtab: 2,
  strtab: 3,
  rela: 4,
  nobits: 8,
  rel: 9,
  symtabShndx: 18,
} as const;

/** `SHF_*` bits. */
export const sectionFlag = { write: 1, alloc: 2, exec: 4, compressed: 0x800 } as const;

/** Special values of a symbol's section index. */
export const sectionIndex = { undefined: 0, abs: 0xfff1, common: 0xfff2, extended: 0xffff } as const;

export const symbolBinding = { local: 0, global: 1, weak: 2 } as const;
export const symbolType = { none: 0, object: 1, func: 2, section: 3, file: 4 } as const;
export const symbolVisibility = { default: 0, internal: 1, hidden: 2, protected: 3 } as const;

/** `R_BPF_*` (llvm/BinaryFormat/ELFRelocs/BPF.def). */
export const bpfRelocation = {
  none: 0,
  abs64InInsn: 1,
  abs64: 2,
  abs32: 3,
  noDyLd32: 4,
  call32: 10,
} as const;
