import { type AttachType, attachTypes, BtfError, type ProgramType, programTypes } from "@tsbpfc/loader";
import { vmlinuxBtf } from "../load/vmlinux.js";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { returnZero, tryLoad } from "./try-load.js";

/**
 * A function that nothing calls but test runs of tracing programs: probing it disturbs nobody. Linux 5.5 with
 * CONFIG_NET (net/bpf/test_run.c).
 */
const TEST_FUNCTION = "bpf_fentry_test1";

/** What the kernel says to a hook that it does not know, or was built without; 524 is its own ENOTSUPP. */
const ENOTSUPP = 524;
const refusals: ReadonlySet<number> = new Set([errno.EINVAL, errno.EOPNOTSUPP, ENOTSUPP]);

/** Loads a program that does nothing, and asks `then` of its descriptor. */
function withProgram(
  type: ProgramType,
  attach: AttachType,
  values: FieldValues<"programLoad">,
  then: (fd: number) => Answer,
): Answer {
  const fd = tryLoad(returnZero, {
    ...values,
    prog_type: programTypes[type],
    expected_attach_type: attachTypes[attach],
  });
  if (fd < 0) return answerOf(fd, refusals);
  try {
    return then(fd);
  } finally {
    kernel().close(fd);
  }
}

/** A descriptor's answer; it is closed at once. */
function made(result: number): Answer {
  if (result >= 0) kernel().close(result);
  return answerOf(result, refusals);
}

/** With the BTF id of a function: `no` for a kernel without BTF, or without the function. */
function withFunction(name: string, then: (id: number) => Answer): Answer {
  try {
    const [id] = vmlinuxBtf().find(name, ["func"]);
    return id === undefined ? "no" : then(id);
  } catch (error) {
    if (error instanceof BtfError && error.code === "BTF_UNREADABLE") return "no";
    throw error;
  }
}

/** kprobes and kretprobes by perf event. Linux 4.17 with CONFIG_KPROBES (kernel commit e12f03d7031a). */
export const kprobes: Feature = {
  name: "kprobes",
  since: "4.17",
  probe: () => {
    const k = kernel();
    if (!k.fileExists("/sys/bus/event_source/devices")) return "unknown";
    return k.fileExists("/sys/bus/event_source/devices/kprobe/type") ? "yes" : "no";
  },
};

/** A link of one function, made in the way of many. */
const multiLink = (type: "trace_kprobe_multi" | "trace_kprobe_session"): Answer =>
  withProgram("kprobe", type, {}, (fd) => {
    const k = kernel();
    const name = cText(TEST_FUNCTION);
    const names = new Uint8Array(BigUint64Array.of(k.address(name)).buffer);
    const attr = new Struct("linkCreate", {
      prog_fd: fd,
      attach_type: attachTypes[type],
      "kprobe_multi.cnt": 1,
      "kprobe_multi.syms": k.address(names),
    });
    return made(bpf(k, "BPF_LINK_CREATE", attr.bytes));
  });

/** One link for many functions. Linux 5.18 with CONFIG_FPROBE. */
export const kprobeMulti: Feature = {
  name: "kprobe.multi links",
  since: "5.18",
  probe: () => multiLink("trace_kprobe_multi"),
};

/** One program at the entry and the return of functions. Linux 6.10 with CONFIG_FPROBE. */
export const kprobeSession: Feature = {
  name: "kprobe.session links",
  since: "6.10",
  probe: () => multiLink("trace_kprobe_session"),
};

/**
 * fmod_ret of the functions that BTF marks for it. Linux 6.3 (kernel commit 5b481acab4ce); from 5.7 on with
 * CONFIG_FUNCTION_ERROR_INJECTION.
 */
export const modifyReturn: Feature = {
  name: "fmod_ret",
  since: "6.3",
  probe: () =>
    withFunction("bpf_modify_return_test", (id) =>
      withProgram("tracing", "modify_return", { attach_btf_id: id }, () => "yes"),
    ),
};

/** fentry, fexit. Linux 5.5 on x86-64, 6.0 on arm64, with BTF of the kernel. */
export const fentry: Feature = {
  name: "fentry and fexit",
  since: "5.5",
  probe: () =>
    withFunction(TEST_FUNCTION, (id) =>
      withProgram("tracing", "trace_fentry", { attach_btf_id: id }, (fd) =>
        made(bpf(kernel(), "BPF_RAW_TRACEPOINT_OPEN", new Struct("rawTracepoint", { prog_fd: fd }).bytes)),
      ),
    ),
};

/** One program at the entry and the return of a function. Linux 7.0 (seen on 7.0; 6.19 refuses it) on x86-64. */
export const fsession: Feature = {
  name: "fsession",
  since: "7.0",
  probe: () =>
    withFunction(TEST_FUNCTION, (id) =>
      withProgram("tracing", "trace_fsession", { attach_btf_id: id }, () => "yes"),
    ),
};

/**
 * One link of fentry, fexit or fsession for many functions: `fentry.multi`. Linux 7.2 (seen on 7.2; 7.1 refuses it) on
 * x86-64, which alone has CONFIG_HAVE_SINGLE_FTRACE_DIRECT_OPS.
 */
export const tracingMulti: Feature = {
  name: "fentry.multi links",
  since: "7.2",
  probe: () =>
    withFunction(TEST_FUNCTION, (id) =>
      withProgram("tracing", "trace_fentry_multi", {}, (fd) => {
        const k = kernel();
        const ids = new Uint8Array(Uint32Array.of(id).buffer);
        const attr = new Struct("linkCreate", {
          prog_fd: fd,
          attach_type: attachTypes.trace_fentry_multi,
          "tracing_multi.ids": k.address(ids),
          "tracing_multi.cnt": 1,
        });
        return made(bpf(k, "BPF_LINK_CREATE", attr.bytes));
      }),
    ),
};

/** `BPF_F_SLEEPABLE` of program load, include/uapi/linux/bpf.h. */
const BPF_F_SLEEPABLE = 1 << 4;

/**
 * Programs of tracepoints that may wait for user memory: `tp_btf.s`, `raw_tp.s`, `tracepoint.s`, of system calls alone.
 * Linux 7.1 (seen on 7.1; 7.0 refuses them).
 */
export const sleepableTracepoints: Feature = {
  name: "sleepable tracepoints",
  since: "7.1",
  probe: () =>
    made(tryLoad(returnZero, { prog_type: programTypes.raw_tracepoint, prog_flags: BPF_F_SLEEPABLE })),
};

/**
 * LSM programs that are asked. Linux 5.7 with CONFIG_BPF_LSM, and `bpf` among the security modules (`lsm=` or
 * CONFIG_LSM): without that, programs are loaded and attached, and never run. Needs securityfs to be told.
 */
export const bpfLsm: Feature = {
  name: "BPF LSM",
  since: "5.7",
  probe: () => {
    const modules = kernel().readFile("/sys/kernel/security/lsm");
    if (modules && !new TextDecoder().decode(modules).trim().split(",").includes("bpf")) return "no";
    return withFunction("bpf_lsm_bpf", (id) =>
      withProgram("lsm", "lsm_mac", { attach_btf_id: id }, () => (modules ? "yes" : "unknown")),
    );
  },
};

/**
 * Iterators that programs open themselves: `bpf_iter_num_new` and its like. Linux 6.4. Asked of the kernel's BTF, where
 * its functions for programs are.
 */
export const numberIterators: Feature = {
  name: "iterators of numbers",
  since: "6.4",
  probe: () => withFunction("bpf_iter_num_new", () => "yes"),
};
