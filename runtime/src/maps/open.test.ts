import type { MapType } from "@tsbpfc/loader";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { u32 } from "../codecs/index.js";
import { setKernel } from "../sys/kernel.js";
import * as maps from "./index.js";

const { openMap } = maps;
const handle = (type: MapType, keySize = 4): maps.MapHandle =>
  new maps.MapHandle(7, { name: "m", type, keySize, valueSize: 4, maxEntries: 1, flags: 0, extra: 0n });
const codecs = { key: u32, value: u32, record: u32 };

describe("a map is opened by its kind", () => {
  beforeEach(() => setKernel(new FakeKernel()));
  afterEach(() => setKernel(null));

  test.each([
    ["hash", maps.HashMap],
    ["lru_hash", maps.LruHashMap],
    ["percpu_hash", maps.PerCpuHashMap],
    ["lru_percpu_hash", maps.LruPerCpuHashMap],
    ["lpm_trie", maps.LpmTrie],
    ["array", maps.ArrayMap],
    ["percpu_array", maps.PerCpuArray],
    ["queue", maps.Queue],
    ["stack", maps.Stack],
    ["ringbuf", maps.RingBuf],
    ["user_ringbuf", maps.UserRingBuf],
    ["prog_array", maps.ProgArray],
    ["perf_event_array", maps.PerfEventArray],
    ["bloom_filter", maps.BloomFilter],
    ["array_of_maps", maps.ArrayOfMaps],
    ["hash_of_maps", maps.HashOfMaps],
    ["task_storage", maps.TaskStorage],
    ["inode_storage", maps.InodeStorage],
    ["sk_storage", maps.SkStorage],
    ["cgrp_storage", maps.CgroupStorage],
    ["sockmap", maps.SockMap],
    ["sockhash", maps.SockHash],
    ["reuseport_sockarray", maps.ReuseportSockArray],
    ["devmap", maps.DevMap],
    ["devmap_hash", maps.DevMapHash],
    ["cpumap", maps.CpuMap],
    ["xskmap", maps.XskMap],
    ["stack_trace", maps.StackTrace],
    ["cgroup_array", maps.CgroupArray],
    ["cgroup_storage", maps.AttachedCgroupStorage],
    ["percpu_cgroup_storage", maps.PerCpuAttachedCgroupStorage],
    ["rhash", maps.ResizableHashMap],
    ["arena", maps.Arena],
  ] as const)("%s", (type, expected) => {
    expect(openMap(handle(type), codecs).constructor).toBe(expected);
  });

  test("with the codecs that the kind needs, of its sizes", () => {
    expect(() => openMap(handle("hash"), { key: u32 })).toThrow(/'m' \(hash\) wants a codec of its value/);
    expect(() => openMap(handle("hash", 8), codecs)).toThrow(/keys of 8 bytes/);
  });

  test("and takes bytes of its sizes only", () => {
    const map = openMap(handle("hash"), codecs);
    if (!(map instanceof maps.HashMap)) throw new Error("not a HashMap");
    expect(map.getBytes(new Uint8Array(4))).toEqual(new Uint8Array(4));
    expect(() => map.getBytes(new Uint8Array(5))).toThrow(/key of 4 bytes, not 5/);
    expect(() => map.setBytes(new Uint8Array(4), new Uint8Array(2))).toThrow(/value of 4 bytes, not 2/);
  });
});
