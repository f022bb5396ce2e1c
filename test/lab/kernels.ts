/** A feature that a kernel of its age has, and this one lacks: why. */
export type Exceptions = Readonly<Record<string, string>>;

/** A kernel that tests run on. */
export interface KernelRow {
  /** What `--kernel` calls it. */
  readonly name: string;
  /** Debian package of its image; null for the kernel of this machine. The newest that the pattern takes is used. */
  readonly package: RegExp | null;
  /** The suite of Debian that has it, where it is not the one that this machine installs from. */
  readonly suite?: string;
  /** Tests run on it when it is asked for by name, and not else. `measure` asks it, too. */
  readonly isOnDemand?: true;
  /** The mirror keeps its image longer than its modules: tests that need one fail there. */
  readonly isWithoutModules?: true;
  /**
   * By the feature's name: what the kernel was built or started without. The suite fails if a feature is not there
   * although the kernel's release has it, and nothing is said here.
   */
  readonly lacks: Exceptions;
}

/** Tests need every one of these modules that the kernel has not built in; what they depend on comes along. */
export const modules: readonly string[] = ["veth", "dummy", "sch_ingress", "cls_bpf", "act_bpf"];

/** Its kernels come with their configurations in /boot. */
const debian: Exceptions = {
  "/proc/config.gz": "built without CONFIG_IKCONFIG_PROC",
  "programs of type lirc_mode2": "built without CONFIG_BPF_LIRC_MODE2",
};

/** Builds whose BTF shows of some functions, which ones changes from build to build, what programs do not pass. */
const hasImplicitArguments: readonly string[] = ["7.1", "7.2"];

/** A release that the newest stable Debian offers besides its own. */
const backport = (name: string): KernelRow => ({
  name,
  package: new RegExp(`^linux-image-${name.replace(".", "\\.")}\\.[0-9.]+\\+deb13-cloud-amd64$`),
  suite: "trixie-backports",
  lacks: {
    ...debian,
    ...(hasImplicitArguments.includes(name) && {
      scx_bpf_create_dsq: "its BTF shows the function with its implicit argument",
    }),
  },
});

/** Every kernel of the lab: to add one is to add a row. */
export const kernels: readonly KernelRow[] = [
  {
    name: "6.1",
    package: /^linux-image-6\.1\.[0-9.]+-\d+-cloud-amd64$/,
    lacks: { "kprobe.multi links": "built without CONFIG_FPROBE", ...debian },
  },
  {
    name: "6.12",
    package: /^linux-image-6\.12\.[0-9.]+(\+deb\d+)?-cloud-amd64$/,
    lacks: { sched_ext: "built without CONFIG_SCHED_CLASS_EXT", ...debian },
  },
  ...["6.16", "6.17", "6.18"].map((name): KernelRow => ({ ...backport(name), isOnDemand: true })),
  ...["6.19", "7.0", "7.1"].map(
    (name): KernelRow => ({ ...backport(name), isOnDemand: true, isWithoutModules: true }),
  ),
  { ...backport("7.2"), isOnDemand: true },
  backport("7.3"),
  {
    name: "host",
    package: null,
    // Of the machine that the project is built on.
    lacks: {
      kprobes: "built without CONFIG_KPROBES",
      "addresses of variables": "built without CONFIG_KALLSYMS_ALL",
      "kprobe.multi links": "built without CONFIG_FPROBE",
      "kprobe.session links": "built without CONFIG_FPROBE",
      sched_ext: "built without CONFIG_SCHED_CLASS_EXT",
      "fentry and fexit": "refused with EPERM",
      fmod_ret: "refused with EPERM",
      "BPF LSM": "refused with EPERM",
      "programs of type lsm": "refused with EPERM",
      "programs of type ext": "refused with EPERM",
      "programs of type lirc_mode2": "built without CONFIG_BPF_LIRC_MODE2",
      "netkit links": "built without CONFIG_NETKIT",
      "printing to streams": "programs are told ENOMEM",
    },
  },
];

/** The row of a name. @throws Error naming those that there are */
export function kernelRow(name: string): KernelRow {
  const row = kernels.find((kernel) => kernel.name === name);
  if (!row)
    throw new Error(`there is no kernel '${name}' in the lab: ${kernels.map((k) => k.name).join(", ")}`);
  return row;
}
