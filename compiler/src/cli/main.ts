import { Command, CommanderError, Option } from "commander";
import { ExitCode } from "./exit-codes.js";
import { failureOf } from "./failures.js";
import { configOf, withProject } from "./project.js";

export { hasCompiled } from "./compiled.js";

const VERSION = "0.1.0";
const FILES =
  "probes, or folders of probes (default: those of tsbpfc.config.ts, or every *.bpf.ts below this folder)";

/** An option that may be given several times. */
const listed = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Ctrl-C, or a service that is stopped, ends a watch as it should end. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** Runs the command line and gives the exit code. Commands load when they are called. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = ExitCode.ok;
  const run =
    <A extends unknown[]>(command: (...args: A) => Promise<ExitCode>) =>
    async (...args: A): Promise<void> => {
      code = await command(...args);
    };
  const program = new Command("tsbpfc")
    .description("Compiles eBPF programs written in TypeScript")
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError("(tsbpfc --help shows what there is)");

  const cpu = new Option(
    "--cpu <version>",
    "BPF instruction set (default: v3, or what --kernel has); v4 needs Linux 6.6",
  ).choices(["v1", "v2", "v3", "v4"]);
  const btf = new Option(
    "--btf <file>",
    "BTF of the kernel to compile against (default: the running kernel's)",
  );
  const kernel = new Option("--kernel <version>", "the oldest Linux to run on, such as 5.15 (default: any)");
  const u64 = new Option(
    "--u64 <type>",
    "what integers of 64 bits are in the skeleton (default: bigint); numbers are exact to 2^53",
  ).choices(["bigint", "number"]);
  const config = new Option(
    "--config <file>",
    "the project's options (default: tsbpfc.config.ts, if it is there)",
  );
  program
    .command("build")
    .description("compile probes to <name>.bpf.o and <name>.skel.ts")
    .argument("[files...]", FILES)
    .option("--out <dir>", "where to write (default: beside the source)")
    .option("--js", "write the skeleton as .js and .d.ts")
    .option("--external-object", "the skeleton reads the .bpf.o beside it instead of embedding it")
    .addOption(u64)
    .addOption(cpu)
    .option("--llvm <path>", "libLLVM to use (default: TSBPFC_LLVM, then by name)")
    .addOption(btf)
    .addOption(kernel)
    .addOption(config)
    .option("--json", "diagnostics as JSON on standard output")
    .option("--force", "build also what did not change")
    .addOption(
      new Option("--watch", "build again when something changes, until interrupted").conflicts("json"),
    )
    .addOption(new Option("--emit <what>", "only the LLVM IR, or only the object").choices(["ir", "object"]))
    .action(
      run(async (files, { watch, ...options }) => {
        if (watch)
          return (await import("./watch.js")).watch(
            () => withProject(options, files),
            configOf(options),
            interrupted(),
          );
        const job = await withProject(options, files);
        return (await import("./build.js")).build(job.files, job.options);
      }),
    );
  program
    .command("check")
    .description("report what is wrong with probes, and write nothing")
    .argument("[files...]", FILES)
    .addOption(cpu)
    .addOption(btf)
    .addOption(kernel)
    .addOption(config)
    .option("--json", "diagnostics as JSON on standard output")
    .action(
      run(async (files, options) => {
        const job = await withProject(options, files);
        return (await import("./check.js")).checkProbes(job.files, job.options);
      }),
    );
  program
    .command("gen")
    .description("write a skeleton for an object, whoever compiled it")
    .argument("<object>")
    .option("--name <name>", "the skeleton's class (default: from the file's name)")
    .option("--out <dir>", "where to write (default: beside the object)")
    .option("--js", "write .js and .d.ts")
    .option("--external-object", "the skeleton reads the object beside it instead of embedding it")
    .addOption(u64)
    .option(
      "--record <map=type>",
      "the type of a map's records, where C leaves it open; for each such map",
      listed,
    )
    .option(
      "--section <name=section>",
      "what a section that libbpf does not know stands for; for each such section",
      listed,
    )
    .option("--type <name>", "a type to declare too; for each such type", listed)
    .action(run(async (file, options) => (await import("./gen.js")).gen(file, options)));
  program
    .command("vmlinux")
    .description("write the kernel's types for the editor")
    .option("--types <names>", "only what these types reach, separated by commas")
    .addOption(btf)
    .option("--out <file>", "file to write", "vmlinux.d.ts")
    .action(run(async (options) => (await import("./vmlinux.js")).vmlinux(options)));

  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // commander has printed its own.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    const { exitCode, text } = failureOf(error);
    process.stderr.write(text);
    return exitCode;
  }
}
