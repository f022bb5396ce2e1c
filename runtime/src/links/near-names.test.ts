import { describe, expect, test } from "vitest";
import { didYouMean, nearNames } from "./near-names.js";

describe("names like one that is not there", () => {
  test.each([
    [
      "a copy that the compiler made",
      "do_unlinkat",
      ["do_unlinkat.isra.0", "do_linkat", "vfs_read"],
      ["do_unlinkat.isra.0", "do_linkat"],
    ],
    ["another beginning", "sys_openat", ["__x64_sys_openat", "tcp_close"], ["__x64_sys_openat"]],
    [
      "a kernel's other name",
      "do_unlinkat",
      ["__x64_sys_unlinkat", "filename_unlinkat", "vfs_unlink", "io_unlinkat"],
      ["filename_unlinkat", "io_unlinkat", "__x64_sys_unlinkat"],
    ],
    ["underscores", "do_fork", ["__do_fork", "do_exit_"], ["__do_fork"]],
    ["a slip of the finger", "vfs_raed", ["vfs_read", "vfs_write"], ["vfs_read"]],
    ["upper and lower case", "SSL_Read", ["SSL_read", "SSL_write"], ["SSL_read"]],
    ["nothing like it", "vfs_read", ["tcp_sendmsg"], []],
    ["itself is no suggestion", "vfs_read", ["vfs_read"], []],
    ["three at most", "f", ["a", "b", "c", "d"], ["a", "b", "c"]],
  ] as const)("%s: %s", (_, wanted, names, expected) => {
    expect(nearNames(wanted, names)).toEqual(expected);
  });

  test("are asked as a question", () => {
    expect(didYouMean("vfs_raed", ["vfs_read"])).toBe("Did you mean 'vfs_read'?");
    expect(didYouMean("vfs_raed", ["tcp_close"])).toBe("");
  });
});
