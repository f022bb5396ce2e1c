import type { AttachType, ProgramType } from "@tsbpfc/loader";
import type { Hook } from "./hook.js";

type Kind = Pick<Hook, "type" | "expectedAttachType">;

/** Programs that run because something else holds or calls them: how. After the section's name, in a message. */
const heldByType: Partial<Record<ProgramType, string>> = {
  sched_act:
    'is an action, which belongs to somebody\'s filter: pin it and name it there (tc filter … action bpf pinned PATH), or make it section "tc", whose programs act themselves',
  syscall: "is for programs that run when they are asked to: testRun()",
  struct_ops: "is part of a struct: attach the map that it is a member of",
};

/** Likewise, by what the program was loaded for. */
const heldByAttachType: Partial<Record<AttachType, string>> = {
  xdp_devmap: "runs when a packet is sent to a device of a map: put the program into the DevMap's value",
  xdp_cpumap: "runs on the CPU that a packet is sent to: put the program into the CpuMap's value",
};

const of = (table: Partial<Record<AttachType, string>>, type: AttachType | null): string | undefined =>
  type === null ? undefined : table[type];

const held = ({ type, expectedAttachType }: Kind): string | undefined =>
  of(heldByAttachType, expectedAttachType) ?? heldByType[type];

/** Whether programs of a kind run because something else holds or calls them. */
export const isHeld = (kind: Kind): boolean => held(kind) !== undefined;

/** Why programs of a hook are not attached by themselves; null if they are. */
export const whyNot = (kind: Kind): string | null => held(kind) ?? null;
