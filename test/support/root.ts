import { spawnSync } from "node:child_process";

/** Kernel tests need root; without it they are skipped, and counted. */
export const isRoot = process.getuid?.() === 0;

export const has = (command: string): boolean => spawnSync("which", [command]).status === 0;

/** Runs a command to its end; gives what it printed. @throws Error with its output if it fails */
export function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}\n${stdout}`);
  return stdout;
}
