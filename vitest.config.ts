import { defineConfig } from "vitest/config";

// Tests run on the sources: the packages' "tsbpfc-source" export condition names them.
export default defineConfig({
  resolve: { conditions: ["tsbpfc-source"] },
  ssr: { resolve: { conditions: ["tsbpfc-source"], externalConditions: ["tsbpfc-source"] } },
  test: {
    include: ["{stdlib,loader,runtime,compiler,test}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 30_000,
  },
});
