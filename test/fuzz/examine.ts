import { gzipSync } from "node:zlib";
import {
  allBtfFeatures,
  applyCore,
  BtfError,
  type CollectionSpec,
  CoreError,
  ElfError,
  generateSkeleton,
  loadableBtf,
  parseObject,
  SkeletonError,
  SpecError,
} from "@tsbpfc/loader";
import { loadCollection, SyscallError, setKernel, UsageError } from "@tsbpfc/runtime";
import { FakeKernel } from "../../runtime/fixtures/fake-kernel.js";

/** What came of an object: opened, refused by a typed error, or something else, which is a finding. */
export type Outcome =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "finding"; readonly what: string };

const typed = [ElfError, BtfError, SpecError, CoreError, SkeletonError, SyscallError, UsageError] as const;

/** A kernel that nobody may ask: what the loader does until `load` is pure. */
const noKernel = new Proxy(new FakeKernel(), {
  get: (_, name) => {
    throw new Error(`a system call: ${String(name)}`);
  },
});

const configuration = gzipSync('CONFIG_BPF=y\nCONFIG_HZ=250\nCONFIG_MODULES=m\nCONFIG_NAME="a name"\n');

/** The typed error's code; null if all went well. @throws what is not typed */
function refusal(step: () => void): string | null {
  try {
    step();
    return null;
  } catch (error) {
    for (const kind of typed) if (error instanceof kind) return error.code;
    throw error;
  }
}

/** Opens an object and does with it what can be done without a kernel, then loads it into a made-up one. */
export function examine(bytes: Uint8Array, open: typeof parseObject = parseObject): Outcome {
  try {
    setKernel(noKernel);
    let spec: CollectionSpec | null = null;
    const code = refusal(() => {
      spec = open(bytes);
    });
    if (spec === null) return { kind: "refused", code: code ?? "" };
    use(spec, bytes);
    return { kind: "opened" };
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: "finding", what: stack.split("\n").slice(0, 6).join("\n") };
  } finally {
    setKernel(null);
  }
}

function use(spec: CollectionSpec, bytes: Uint8Array): void {
  const { btf } = spec;
  if (btf) {
    for (const id of btf.ids()) refusal(() => btf.type(id));
    refusal(() => loadableBtf(btf, allBtfFeatures));
    refusal(() => loadableBtf(btf, { ...allBtfFeatures, float: false, declTag: false, enum64: false }));
    for (const program of spec.programs.values()) refusal(() => applyCore(program, btf, [btf]));
  }
  refusal(() => generateSkeleton(spec, bytes, { name: "Damaged", source: "damaged.bpf.o", embed: false }));
  loadWithoutKernel(spec);
}

/** What would read the running kernel's types is left out: it is slow, and another test's. */
function loadWithoutKernel(spec: CollectionSpec): void {
  for (const map of spec.maps.values()) if (map.origin === "struct_ops") map.autocreate = false;
  for (const program of spec.programs.values())
    if (
      program.coreRelocations.length > 0 ||
      program.attachTo !== "" ||
      program.references.some(({ kind }) => kind === "kfunc" || kind === "ksym")
    )
      program.autoload = false;
  const kernel = new FakeKernel();
  // This machine's configuration is large, and not in question.
  kernel.readFile = (path) => (path === "/proc/config.gz" ? configuration : null);
  setKernel(kernel);
  const code = refusal(() => loadCollection(spec).close());
  if (kernel.open.size > 0) throw new Error(`descriptors left open (${code ?? "loaded"})`);
}
