import { resolve } from "node:path";
import { KernelBtf } from "../frontend/kernel-btf.js";
import { allKernelTypes, declareKernelTypes } from "../frontend/vmlinux/index.js";
import { CommandError, ExitCode } from "./exit-codes.js";
import { writeFiles } from "./output.js";

export interface VmlinuxOptions {
  readonly types?: string;
  readonly btf?: string;
  readonly out: string;
}

/** Writes the kernel's types for the editor: all of them, or what the named ones reach. */
export async function vmlinux(options: VmlinuxOptions): Promise<ExitCode> {
  const kernel = new KernelBtf(options.btf);
  const { btf } = kernel;
  if (!btf)
    throw new CommandError(
      "environment",
      `there is no BTF at ${kernel.path}. Give a kernel's BTF with --btf FILE.`,
    );
  const wanted = options.types
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (wanted?.length === 0)
    throw new CommandError("usage", "--types names no type. Name some, such as --types task_struct,sock");
  const missing =
    wanted?.filter((name) => btf.find(name, ["struct", "union", "enum", "enum64", "typedef"]).length === 0) ??
    [];
  if (missing.length > 0) throw new CommandError("usage", `the kernel has no type ${missing.join(", ")}`);
  writeFiles([
    {
      path: resolve(options.out),
      content: declareKernelTypes(btf, { roots: wanted ?? allKernelTypes(btf) }),
    },
  ]);
  return ExitCode.ok;
}
