import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { which } from "./command.js";
import { LabError } from "./errors.js";
import { type Message, parseMessage } from "./protocol.js";

export interface Machine {
  readonly image: string;
  readonly initramfs: string;
  /** The machine is killed after this time, whatever it does. */
  readonly timeoutMs: number;
  /** It is killed as well if it says nothing for so long, after its first message. */
  readonly silenceMs: number;
  readonly memoryMb?: number;
  readonly onMessage: (message: Message) => void;
  /** Told the process id of QEMU. */
  readonly onProcess?: (pid: number) => void;
}

/** How a machine ended. All but `off` is a failure of the run. */
export interface MachineEnd {
  readonly reason: "off" | "panic" | "timeout" | "qemu";
  /** One sentence. */
  readonly what: string;
  /** The last lines of its console. */
  readonly console: readonly string[];
  readonly durationMs: number;
}

const CONSOLE_LINES = 60;
const MEMORY_MB = 1024;

/**
 * Kernel parameters: BPF among the security modules, so that LSM programs run; a panic restarts, which for QEMU is
 * the end (`-no-reboot`); no try of whether timer interrupts come, which fails where the emulation stands still for a
 * while ("IO-APIC + timer doesn't work").
 */
const parameters = "console=ttyS0 quiet panic=-1 no_timer_check lsm=lockdown,capability,landlock,bpf";

/**
 * Boots a machine and waits for its end. Results come over a serial line of their own: what the kernel prints on the
 * console at the same time cannot break them.
 *
 * @throws LabError `unavailable` without QEMU
 */
export async function runMachine(machine: Machine): Promise<MachineEnd> {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "tsbpfc-vm-"));
  const path = join(folder, "results");
  let broken: string | null = null;
  let late: string | null = null;
  let silence: NodeJS.Timeout | undefined;
  let onWord = (): void => {};
  const server = await listen(path, (line) => {
    onWord();
    try {
      machine.onMessage(parseMessage(line));
    } catch (error) {
      broken ??= error instanceof Error ? error.message : String(error);
    }
  });
  try {
    const lines = [
      "-serial",
      "stdio",
      "-chardev",
      `socket,id=results,path=${path}`,
      "-serial",
      "chardev:results",
    ];
    const child = spawn(qemu(), [...hardware(machine), ...lines, "-append", parameters], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let panic: string | undefined;
    const console = tail(child.stdout, (line) => {
      if (line.includes("Kernel panic")) panic ??= line;
    });
    const errors = tail(child.stderr);
    if (child.pid !== undefined) machine.onProcess?.(child.pid);
    const kill = (why: string): void => {
      late ??= why;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(
      kill,
      machine.timeoutMs,
      `the machine was not done after ${machine.timeoutMs / 1000} s, and was killed`,
    );
    onWord = () => {
      clearTimeout(silence);
      silence = setTimeout(
        kill,
        machine.silenceMs,
        `the machine said nothing for ${machine.silenceMs / 1000} s, and was killed`,
      );
    };
    const status = await new Promise<string>((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("close", (code, signal) => resolve(signal ?? `status ${code}`));
    });
    clearTimeout(timer);
    clearTimeout(silence);
    await server.drained();
    const lastLines = console();
    const end = (reason: MachineEnd["reason"], what: string): MachineEnd => ({
      reason,
      what,
      console: lastLines,
      durationMs: performance.now() - started,
    });
    if (panic !== undefined) return end("panic", `the kernel panicked: ${panic.trim()}`);
    if (late !== null) return end("timeout", late);
    if (status !== "status 0") return end("qemu", `QEMU ended with ${status}: ${errors().join(" ").trim()}`);
    if (broken !== null) return end("qemu", `the line for results had something else on it: ${broken}`);
    return end("off", "the machine turned itself off");
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function qemu(): string {
  const path = which("qemu-system-x86_64");
  if (path === null)
    throw new LabError("unavailable", "qemu-system-x86_64 is missing: apt install qemu-system-x86");
  return path;
}

/**
 * Plain emulation: it works everywhere, as root or not. One thread for both CPUs: with a thread for each, QEMU before
 * 8.1 may translate code that the other CPU is patching (its commit deba78709ae8), and the kernel dies of a breakpoint
 * that is gone ("Oops: int3"), within seconds where tracepoints are switched under load. Two machines side by side on
 * two processors take no longer for it (241 s for 267).
 */
const EMULATION = "tcg,thread=single";

/** `TSBPFC_LAB_ACCEL=kvm` where that works. */
export function hardware({
  image,
  initramfs,
  memoryMb = MEMORY_MB,
}: Pick<Machine, "image" | "initramfs" | "memoryMb">): readonly string[] {
  const accel = process.env.TSBPFC_LAB_ACCEL ?? EMULATION;
  const machine = ["-accel", accel, "-cpu", "max", "-m", `${memoryMb}`, "-smp", "2"];
  return [
    ...machine,
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    "-no-reboot",
    "-kernel",
    image,
    "-initrd",
    initramfs,
  ];
}

/** A shell in a machine, on this terminal; its exit turns the machine off. */
export function shell(image: string, initramfs: string): Promise<void> {
  const line = ["-serial", "mon:stdio", "-append", `${parameters} tsbpfc.shell`];
  const child = spawn(qemu(), [...hardware({ image, initramfs }), ...line], { stdio: "inherit" });
  return new Promise((resolve) => child.on("close", () => resolve()));
}

/** The last lines that a stream gave. */
function tail(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): () => readonly string[] {
  const last: string[] = [];
  splitLines(stream, (line) => {
    onLine?.(line);
    last.push(line);
    if (last.length > CONSOLE_LINES) last.shift();
  });
  return () => last.filter((line) => line.trim() !== "");
}

interface LineServer extends Pick<Server, "close"> {
  /** When whoever connected has said all. */
  drained(): Promise<void>;
}

/** A UNIX socket whose client sends lines. */
function listen(path: string, onLine: (line: string) => void): Promise<LineServer> {
  const ended: Promise<void>[] = [];
  const server = createServer((socket: Socket) => {
    splitLines(socket, onLine);
    socket.on("error", () => {});
    ended.push(new Promise((resolve) => socket.on("close", () => resolve())));
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(path, () =>
      resolve({ close: () => server.close(), drained: async () => void (await Promise.all(ended)) }),
    );
  });
}

/** Whole lines, and what is left when the stream ends. */
function splitLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}
