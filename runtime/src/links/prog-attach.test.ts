import type { AttachType, ProgramType } from "@tsbpfc/loader";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeKernel, field } from "../../fixtures/fake-kernel.js";
import { program as spec } from "../../fixtures/specs.js";
import { Program } from "../programs/program.js";
import { commands } from "../sys/commands.js";
import { setKernel } from "../sys/kernel.js";

const EINVAL = 22;

/** A kernel from before BPF links: it does not know the command. */
class WithoutLinks extends FakeKernel {
  override bpf(command: number, attr: Uint8Array): number {
    const result = super.bpf(command, attr);
    return command === commands.BPF_LINK_CREATE && result >= 0 ? -EINVAL : result;
  }
}

const program = (section: string, type: ProgramType, expectedAttachType: AttachType | null): Program =>
  new Program(500, spec("p", { section, type, expectedAttachType }));

describe("attaching as kernels did before BPF links", () => {
  let kernel: WithoutLinks;
  beforeEach(() => {
    kernel = new WithoutLinks();
    setKernel(kernel);
  });
  afterEach(() => setKernel(null));
  const attached = () =>
    kernel.calls
      .filter(({ command }) => command === "BPF_PROG_ATTACH" || command === "BPF_PROG_DETACH")
      .map((call) => ({
        command: call.command,
        target: field(call, "programAttach", "target_fd"),
        program: field(call, "programAttach", "attach_bpf_fd"),
        type: field(call, "programAttach", "attach_type"),
        flags: field(call, "programAttach", "attach_flags"),
      }));

  test("a map of sockets: on the map, and off again; the link says why it cannot be pinned", () => {
    const link = program("sk_msg", "sk_msg", "sk_msg_verdict").attach({ map: { fd: 7 } });
    expect(() => link.pin("/sys/fs/bpf/x")).toThrow(/6\.10/);
    expect(() => link.info()).toThrow(/no descriptor/);
    link.close();
    link.close();
    const both = { target: 7, program: 500, type: 7, flags: 0 };
    expect(attached()).toEqual([
      { command: "BPF_PROG_ATTACH", ...both },
      { command: "BPF_PROG_DETACH", ...both },
    ]);
  });

  test("a cgroup: beside others, while its folder stays open", () => {
    const link = program("cgroup/connect4", "cgroup_sock_addr", "cgroup_inet4_connect").attach({
      cgroup: "/proc",
    });
    link.detach();
    expect(attached().map(({ command, flags }) => [command, flags])).toEqual([
      ["BPF_PROG_ATTACH", 2],
      ["BPF_PROG_DETACH", 0],
    ]);
    expect(link.closed).toBe(true);
  });

  test("a folder that is not there is said with the program that was to be attached to it", () => {
    const connect = program("cgroup/connect4", "cgroup_sock_addr", "cgroup_inet4_connect");
    expect(() => connect.attach({ cgroup: "/no/such" })).toThrow(
      expect.objectContaining({
        code: "target-missing",
        message: expect.stringMatching(/^program 'p\w*': cannot open \/no\/such: ENOENT$/),
      }),
    );
  });

  test("an infrared receiver, by its device; on a kernel without lirc the error names what it needs", () => {
    const pulses = program("lirc_mode2", "lirc_mode2", "lirc_mode2");
    expect(() => pulses.attach()).toThrow(/\/dev\/lirc0/);
    pulses.attach({ device: "/dev/null" }).close();
    expect(attached().map(({ type }) => type)).toEqual([16, 16]);
    kernel.refuse = { call: kernel.calls.length, errno: EINVAL };
    expect(() => pulses.attach({ device: "/dev/null" })).toThrow(/EINVAL.*CONFIG_BPF_LIRC_MODE2/);
  });

  test("what could not be detached stays attached, to be tried again", () => {
    const link = program("sk_msg", "sk_msg", "sk_msg_verdict").attach({ map: { fd: 7 } });
    kernel.refuse = { call: kernel.calls.length, errno: 1 };
    expect(() => link.close()).toThrow(/EPERM/);
    expect(link.closed).toBe(false);
    link.close();
    expect(link.closed).toBe(true);
  });
});
