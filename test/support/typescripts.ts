import { createRequire } from "node:module";

/**
 * The TypeScript packages that probes are edited with: what is said of one must be true of each. Another version is
 * another row (in package.json: `"typescript-5.9": "npm:typescript@5.9.3"`). `TSBPFC_TYPESCRIPT` adds folders or
 * package names, separated by commas, for trying one out.
 */
const PACKAGES: readonly string[] = ["typescript", "typescript-5.9"];

export interface TypeScriptPackage {
  /** A package's name or a folder, as `require` takes it. */
  readonly name: string;
  /** Null if it is not installed: tests of it are skipped. */
  readonly version: string | null;
}

export const typescripts: readonly TypeScriptPackage[] = [
  ...PACKAGES,
  ...(process.env.TSBPFC_TYPESCRIPT?.split(",") ?? []),
].map((name) => ({ name, version: versionOf(name) }));

function versionOf(name: string): string | null {
  try {
    const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
    return version;
  } catch {
    return null;
  }
}
