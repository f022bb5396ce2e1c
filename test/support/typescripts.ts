import { createRequire } from "node:module";

/**
 * The TypeScript packages that probes are edited with: what is said of one must be true of each. Another version is
 * another row here and in the package.json of the whole. `TSBPFC_TYPESCRIPT` adds folders or package names, separated
 * by commas, for trying one out.
 */
const PACKAGES: readonly string[] = [
  "typescript",
  "typescript-5.9",
  ...(process.env.TSBPFC_TYPESCRIPT?.split(",") ?? []),
];

export interface TypeScriptPackage {
  /** A package's name or a folder, as `require` takes it. */
  readonly name: string;
  readonly version: string;
}

export const typescripts: readonly TypeScriptPackage[] = PACKAGES.map((name) => {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return { name, version };
});
