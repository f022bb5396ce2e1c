import type { MapSpec, MapType } from "@tsbpfc/loader";
import { possibleCpus } from "../sys/cpus.js";
import { pageSize } from "../sys/page.js";

/** What a kind of map wants other than its definition says, as libbpf and cilium/ebpf give it. */
interface Fixup {
  readonly maxEntries?: (declared: number) => number;
  readonly keySize?: number;
  readonly valueSize?: number;
  /** The kernel refuses BTF types for this kind. */
  readonly withoutBtf?: boolean;
}

/** A ring buffer's size is a power of two and whole pages (kernel: `ringbuf_map_alloc`). */
function ringSize(bytes: number): number {
  let size = pageSize();
  while (size < bytes) size *= 2;
  return size;
}

const perCpu = (declared: number): number => (declared === 0 ? possibleCpus() : declared);
const noTypes = { withoutBtf: true } as const;

/** By kind; the others are created as they are declared. libbpf: `map_create` and `bpf_object__create_map`. */
const fixups: Partial<Record<MapType, Fixup>> = {
  ringbuf: { maxEntries: ringSize, keySize: 0, valueSize: 0, ...noTypes },
  user_ringbuf: { maxEntries: ringSize, keySize: 0, valueSize: 0, ...noTypes },
  perf_event_array: { maxEntries: perCpu, keySize: 4, valueSize: 4, ...noTypes },
  cgroup_array: { valueSize: 4, keySize: 4, ...noTypes },
  stack_trace: noTypes,
  prog_array: { keySize: 4, valueSize: 4, ...noTypes },
  array_of_maps: { keySize: 4, valueSize: 4, ...noTypes },
  hash_of_maps: { valueSize: 4, ...noTypes },
  devmap: noTypes,
  devmap_hash: noTypes,
  cpumap: noTypes,
  xskmap: noTypes,
  sockmap: noTypes,
  sockhash: noTypes,
  queue: noTypes,
  stack: noTypes,
  arena: { keySize: 0, valueSize: 0, ...noTypes },
};

/** Whether the map is behind a section of globals. */
export const isSection = ({ origin }: MapSpec): boolean =>
  origin === "data" || origin === "rodata" || origin === "bss" || origin === "kconfig";

export interface MapShape {
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly withBtf: boolean;
}

const BPF_F_NUMA_NODE = 0x4;

/** Where the kernel takes a value's type without a key's (kernel: `map_check_btf`). */
const isKeyless = ({ type, origin }: MapSpec): boolean => type === "bloom_filter" || origin !== "declared";

/** Sizes as the kernel wants them. */
export function mapShape(spec: MapSpec): MapShape {
  const fixup = fixups[spec.type];
  return {
    keySize: fixup?.keySize ?? spec.keySize,
    valueSize: fixup?.valueSize ?? spec.valueSize,
    maxEntries: fixup?.maxEntries?.(spec.maxEntries) ?? spec.maxEntries,
    flags: spec.flags | (spec.numaNode === null ? 0 : BPF_F_NUMA_NODE),
    withBtf: fixup?.withoutBtf !== true && spec.valueType !== 0 && (spec.keyType !== 0 || isKeyless(spec)),
  };
}
