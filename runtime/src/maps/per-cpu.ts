import type { Codec } from "../codec.js";
import { possibleCpus } from "../sys/cpus.js";
import { arrayIndex } from "./array.js";
import { CpuValues } from "./cpu-values.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";

/** The kernel pads each CPU's value to 8 bytes (kernel: `bpf_percpu_array_copy`). */
const strideOf = (size: number): number => Math.ceil(size / 8) * 8;

/** All CPUs' values one after another. */
function onEachCpu<V>(value: Codec<V>): Codec<readonly V[]> {
  const cpus = possibleCpus();
  const stride = strideOf(value.size);
  return {
    size: stride * cpus,
    read: (view, at) => {
      const values = new Array<V>(cpus);
      for (let cpu = 0; cpu < cpus; cpu++) values[cpu] = value.read(view, at + cpu * stride);
      return values;
    },
    write: (view, at, values) => {
      if (values.length !== cpus)
        throw new RangeError(
          `a per-CPU value has one value for each of the ${cpus} CPUs, not ${values.length}`,
        );
      let to = at;
      for (const v of values) {
        value.write(view, to, v);
        to += stride;
      }
    },
  };
}

/** Maps in which each CPU has a value of its own: a value here is the list of them, by CPU number. */
class PerCpuMap<K, V> extends KeyedMap<K, readonly V[]> {
  readonly #value: Codec<V>;
  #single: CpuValues | null = null;

  constructor(handle: MapHandle, keys: Codec<K>, values: Codec<V>) {
    super(handle, keys, onEachCpu(values));
    this.#value = values;
  }

  /** One CPU's value; undefined if the key is not there. Linux 7.0. @throws SyscallError ERANGE if there is no such CPU */
  getOnCpu(key: K, cpu: number): V | undefined {
    const single = this.#singleOf(key);
    return single.lookup(cpu) ? this.#value.read(single.value, 0) : undefined;
  }

  /** One CPU's value; those of the others stay, and are zero where the key is new. Linux 7.0. @throws SyscallError */
  setOnCpu(key: K, cpu: number, value: V): this {
    return this.#set(key, cpu, value);
  }

  /** The same value for every CPU. Linux 7.0. @throws SyscallError */
  setOnAllCpus(key: K, value: V): this {
    return this.#set(key, "all", value);
  }

  #set(key: K, cpu: number | "all", value: V): this {
    const single = this.#singleOf(key);
    this.#value.write(single.value, 0, value);
    single.update(cpu);
    return this;
  }

  #singleOf(key: K): CpuValues {
    this.#single ??= new CpuValues(this.handle);
    this.keys_.write(this.#single.key, 0, key);
    return this.#single;
  }

  /** How many values there are of each element: one for every CPU that may ever be there. */
  get cpus(): number {
    return possibleCpus();
  }

  protected override valueBytes(valueSize: number): number {
    return strideOf(valueSize) * possibleCpus();
  }
}

/** BPF_MAP_TYPE_PERCPU_HASH. Linux 4.6. */
export class PerCpuHashMap<K, V> extends PerCpuMap<K, V> {}
/** BPF_MAP_TYPE_LRU_PERCPU_HASH. Linux 4.10. */
export class LruPerCpuHashMap<K, V> extends PerCpuMap<K, V> {}

/** BPF_MAP_TYPE_PERCPU_ARRAY. Linux 4.6. */
export class PerCpuArray<V> extends PerCpuMap<number, V> {
  constructor(handle: MapHandle, values: Codec<V>) {
    super(handle, arrayIndex, values);
  }

  override get size(): number {
    return this.maxEntries;
  }
}
