import { afterEach, expect, test } from "vitest";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { onlineCpus } from "./cpus.js";
import { setKernel } from "./kernel.js";

afterEach(() => setKernel(null));

test.each([
  ["0\n", [0]],
  ["0-3\n", [0, 1, 2, 3]],
  ["0-1,4,6-7\n", [0, 1, 4, 6, 7]],
])("the kernel's list of CPUs %j", (text, expected) => {
  const kernel = new FakeKernel();
  kernel.readFile = () => new TextEncoder().encode(text);
  setKernel(kernel);
  expect(onlineCpus()).toEqual(expected);
});

test("without /sys the error says so", () => {
  const kernel = new FakeKernel();
  kernel.readFile = () => null;
  setKernel(kernel);
  expect(() => onlineCpus()).toThrow(/is \/sys mounted/);
});
