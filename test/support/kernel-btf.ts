import { run } from "./root.js";

interface KernelStruct {
  readonly sizeOf: number;
  offsetOf(field: string): number;
}

/** A struct of the running kernel, as bpftool reads it: the second reader of our relocations. */
export function kernelBtf(struct: string): KernelStruct {
  const dump = run("bpftool", "btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "raw");
  const head = new RegExp(`^\\[\\d+\\] STRUCT '${struct}' size=(\\d+) vlen=\\d+\\n((?:\\t.*\\n)*)`, "m").exec(
    dump,
  );
  if (!head) throw new Error(`the kernel has no struct ${struct}`);
  return {
    sizeOf: Number(head[1]),
    offsetOf: (field) => {
      const member = new RegExp(`'${field}' type_id=\\d+ bits_offset=(\\d+)`).exec(head[2] ?? "");
      if (!member) throw new Error(`${struct} has no ${field}`);
      return Number(member[1]) / 8;
    },
  };
}
