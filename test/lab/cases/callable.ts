// What programs may call on this kernel: for `npm run lab -- measure`.
import { callable } from "../../support/callable.js";
import { kernelTest } from "../../support/kernel-test.js";

const TIMEOUT_MS = 600_000;

kernelTest("what programs of each type may call", { timeoutMs: TIMEOUT_MS }, (t) => {
  t.measured = callable();
});
