import { kernel } from "../../runtime/src/sys/kernel.js";

/** `BPF_PROG_GET_NEXT_ID` and its like, include/uapi/linux/bpf.h. */
const nextId = { program: 11, map: 12, link: 31 } as const;

export type ObjectKind = keyof typeof nextId;
export const idKinds = Object.keys(nextId) as readonly ObjectKind[];

const ENOENT = 2;

/** Ids of all objects of a kind in this kernel. @throws Error if it may not be asked */
export function objectIds(kind: ObjectKind): readonly number[] {
  const ids: number[] = [];
  // struct { __u32 start_id; __u32 next_id; __u32 open_flags; } of union bpf_attr.
  const attr = new Uint32Array(3);
  for (;;) {
    attr[0] = ids.at(-1) ?? 0;
    const result = kernel().bpf(nextId[kind], new Uint8Array(attr.buffer));
    if (result === -ENOENT) return ids;
    if (result < 0) throw new Error(`ids of ${kind}s: errno ${-result}`);
    ids.push(attr[1] ?? 0);
  }
}
