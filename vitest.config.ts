import { defineConfig } from "vitest/config";

// Tests run on the sources: the packages' "tsbpfc-source" export condition names them.
export default defineConfig({
  resolve: { conditions: ["tsbpfc-source"] },
  ssr: { resolve: { conditions: ["tsbpfc-source"], externalConditions: ["tsbpfc-source"] } },
  test: {
    include: ["{stdlib,loader,runtime,compiler,test}/**/*.test.ts"],
    // Tests of the lab itself boot virtual machines: test.sh asks for them.
    exclude: [
      "**/node_modules/**",
      "**/dist/**",
      ...(process.env.TSBPFC_LAB === "1" ? [] : ["test/lab/failures.test.ts"]),
    ],
    testTimeout: 30_000,
    maxConcurrency: 2,
  },
});
