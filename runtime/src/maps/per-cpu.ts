import type { Codec } from "../codec.js";
import { possibleCpus } from "../sys/cpus.js";
import { UsageError } from "../sys/errors.js";
import { ArrayMap } from "./array.js";
import type { MapHandle } from "./handle.js";
import { DynamicMap } from "./hash.js";
import { checkSize } from "./map.js";

/** One value for each possible CPU, each in a multiple of 8 bytes (kernel: bpf_percpu_hash_copy). */
export function perCpu<V>(value: Codec<V>, cpus = possibleCpus()): Codec<V[]> {
  const stride = (value.size + 7) & ~7;
  return {
    size: stride * cpus,
    read: (view, at) => Array.from({ length: cpus }, (_, cpu) => value.read(view, at + cpu * stride)),
    write: (view, at, values) => {
      if (values.length !== cpus)
        throw new UsageError("bad-value", `${values.length} values: there has to be one for each of the ${cpus} possible CPUs`);
      for (const [cpu, one] of values.entries()) value.write(view, at + cpu * stride, one);
    },
  };
}

/** `BPF_MAP_TYPE_PERCPU_HASH` (Linux 4.6) and `LRU_PERCPU_HASH` (4.10): a value is an array by CPU. */
export class PerCpuHash<K, V> extends DynamicMap<K, V[]> {
  constructor(handle: MapHandle, codecs: { readonly key: Codec<K>; readonly value: Codec<V> }) {
    checkSize(handle, "key", codecs.key);
    checkSize(handle, "value", codecs.value);
    super(handle, codecs.key, perCpu(codecs.value));
  }
}

/** `BPF_MAP_TYPE_PERCPU_ARRAY`: a value is an array by CPU. Linux 4.6. */
export class PerCpuArray<V> extends ArrayMap<V[]> {
  constructor(handle: MapHandle, codecs: { readonly value: Codec<V> }) {
    checkSize(handle, "value", codecs.value);
    super(handle, { value: perCpu(codecs.value) }, "checked");
  }
}
