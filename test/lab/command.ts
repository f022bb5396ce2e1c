import { spawnSync } from "node:child_process";

/** Runs a command to its end; gives what it printed. @throws Error with what it said, if it fails */
export function command(
  name: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(name, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (error || status !== 0)
    throw new Error(`${name} ${args.join(" ")}: ${error?.message ?? `status ${status}: ${stderr.trim()}`}`);
  return stdout;
}

/** The path of a command. Null if there is none. */
export function which(name: string): string | null {
  const folders = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
  const { status, stdout } = spawnSync("which", [name], {
    encoding: "utf8",
    env: { ...process.env, PATH: folders },
  });
  return status === 0 ? stdout.trim() : null;
}
