import { matchSection } from "@tsbpfc/loader";
import { expect, test } from "vitest";
import { map, program, specOf } from "../../fixtures/specs.js";
import { unattached } from "./attachable.js";

test("programs that something else holds or calls are left out, the others are not", () => {
  const sections = ["xdp", "xdp/devmap", "xdp/cpumap", "action", "syscall", "tc", "tp_btf/x"];
  const programs = sections.map((section) => {
    const { type, attachType } = matchSection(section)!.def;
    return program(section, { section, type, expectedAttachType: attachType });
  });
  const tail = program("tail", { section: "xdp", type: "xdp", expectedAttachType: "xdp" });
  const calls = map("calls", { type: "prog_array", values: new Map([[0, "tail"]]) });
  const left = unattached(specOf([calls], [...programs, tail]));
  expect([...left].sort()).toEqual(["action", "syscall", "tail", "xdp/cpumap", "xdp/devmap"]);
});
