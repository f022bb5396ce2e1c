import type { Answer, Feature } from "@tsbpfc/runtime";
import { describe, expect, it } from "vitest";
import { isAtLeast, lacks } from "./needs.js";

const feature = (name: string, since: string, answer: Answer): Feature => ({
  name,
  since,
  probe: () => answer,
});

describe("what a kernel test needs", () => {
  it("is there: the test runs", () => {
    expect(lacks(feature("x", "5.7", "yes"), "6.1", "6.1.0-56-cloud-amd64")).toBeNull();
  });

  it("is not there yet: the test is skipped, with the release that has it", () => {
    expect(lacks(feature("x", "6.9", "no"), "6.1", "6.1.0-56-cloud-amd64")).toBe("no x: since Linux 6.9");
  });

  it("is not there although the release has it: the test fails", () => {
    expect(() => lacks(feature("x", "5.7", "no"), "6.1", "6.1.0-56-cloud-amd64")).toThrow(
      "kernel 6.1.0-56-cloud-amd64 has no x, which is there since Linux 5.7",
    );
  });

  it("was left out when the kernel was built: the test is skipped, with the reason of the kernel's row", () => {
    expect(lacks(feature("kprobe.multi links", "5.18", "no"), "6.1", "6.1.0-56-cloud-amd64")).toBe(
      "no kprobe.multi links: built without CONFIG_FPROBE",
    );
  });

  it("could not be told: the test is skipped, and says so", () => {
    expect(lacks(feature("x", "5.7", "unknown"), "6.1", "6.1.0")).toBe(
      "could not tell whether the kernel has x (Linux 5.7)",
    );
  });

  it.each([
    ["6.12.117+deb12-cloud-amd64", "6.9", true],
    ["6.1.0-56-cloud-amd64", "6.9", false],
    ["6.1.0-56-cloud-amd64", "6.1", true],
    ["5.15.0", "6.1", false],
    ["7.0.1", "6.18", true],
  ])("release %s is at least %s: %s", (running, wanted, answer) => {
    expect(isAtLeast(running, wanted)).toBe(answer);
  });
});
