/** What the kernel had in place of a function before it changed. */
export interface FormerKfunc {
  /** As the loader finds it; `___former` tells two of one name apart. */
  readonly name: string;
  /** First release that has the function as it is declared now. */
  readonly until: string;
  /** `aux`: one argument more, at the end, which the verifier sets. `none`: no arguments. */
  readonly params: "aux" | "none";
}

/**
 * Functions of the kernel that had another prototype before, by the name that they have now. Found by comparing the BTF of
 * Linux 6.1 to 7.3. Linux 7.0 took the program, which the verifier passes by itself, out of the prototypes
 * (KF_IMPLICIT_ARGS), and gave those of sessions their context.
 */
export const formerKfuncs: Readonly<Record<string, FormerKfunc>> = {
  bpf_wq_set_callback: { name: "bpf_wq_set_callback_impl", until: "7.0", params: "aux" },
  bpf_stream_vprintk: { name: "bpf_stream_vprintk_impl", until: "7.0", params: "aux" },
  bpf_task_work_schedule_signal: {
    name: "bpf_task_work_schedule_signal_impl",
    until: "7.0",
    params: "aux",
  },
  bpf_task_work_schedule_resume: {
    name: "bpf_task_work_schedule_resume_impl",
    until: "7.0",
    params: "aux",
  },
  bpf_session_is_return: { name: "bpf_session_is_return___former", until: "7.0", params: "none" },
  bpf_session_cookie: { name: "bpf_session_cookie___former", until: "7.0", params: "none" },
};
