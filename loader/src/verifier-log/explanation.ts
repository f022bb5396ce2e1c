import type { Explanation, VerifierEvent } from "./log.js";

/** `Verification failed: Memory Safety: Access outside bounds`; the problem may be absent. */
const headline = /^Verification failed: ([^:]*)(?:: (.*))?$/;
/** A part of the report: words and a colon, alone on a line, then indented text. */
const part = /^([A-Z][A-Za-z ]*):$/;
/** Parts that tell what led to the error, place by place. */
const histories: readonly string[] = ["Active lock", "Causal path"];

/** `  handler @ probe.bpf.ts:63:9`; the function may be unknown. */
const place = /^ {2}(?:\S+ @ )?(\S.*):(\d+):\d+$/;
/** In its stead without line info. */
const placeWithoutSource = /^ {2}insn (\d+)$/;
/** `  >>> 63 |         return *value;`, and with an instruction after the line "Instruction context:". */
const focus = /^ {2}>>> +(\d+) \| (.*)$/;
/** `         |         ^-- error: invalid dereference of R0`. */
const note = /^ *\| *\^-- (\w[\w ]*): (.*)$/;
/** What did not fit into the note's line. */
const noteGoesOn = /^ *\| +(\S.*)$/;

/** A report, and the lines of the log that it stands between. */
export interface FoundExplanation {
  readonly explanation: Explanation;
  /** Index of the headline. */
  readonly begin: number;
  /** Index after the last line. */
  readonly end: number;
}

/** Finds the report that Linux 7.3 (commit ce7c9f6c599b) appends to a failed verification's log; the last one. */
export function findExplanation(lines: readonly string[]): FoundExplanation | null {
  const begin = lines.findLastIndex((line) => headline.test(line));
  if (begin < 0) return null;
  const [, category = "", problem = ""] = headline.exec(lines[begin]!) ?? [];
  const parts = new Map<string, string[]>();
  let current: string[] = [];
  let end = begin + 1;
  for (; end < lines.length; end++) {
    const line = lines[end]!;
    const name = part.exec(line)?.[1];
    if (name !== undefined) {
      current = [];
      parts.set(name, current);
    } else if (line.startsWith(" ")) current.push(line);
    // Text at the margin (more of the log, or its statistics) ends the report.
    else if (line !== "") break;
  }
  const text = (name: string): string => (parts.get(name) ?? []).map((line) => line.trim()).join(" ");
  const explanation = {
    category,
    problem,
    reason: text("Reason"),
    suggestion: text("Suggestion"),
    at: readEvents(parts.get("At") ?? [])[0] ?? null,
    causes: histories.flatMap((name) => readEvents(parts.get(name) ?? [])),
  };
  return { explanation, begin, end };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Places with what happened there. Lines that are none of a place's (`no retained diagnostic events`) are skipped. */
function readEvents(lines: readonly string[]): VerifierEvent[] {
  const events: Writable<VerifierEvent>[] = [];
  let isNote = false;
  let isInstructions = false;
  for (const line of lines) {
    const begun = beginEvent(line);
    if (begun) events.push(begun);
    const event = events.at(-1);
    if (begun || !event) {
      isNote = isInstructions = false;
      continue;
    }
    const [, label, said] = note.exec(line) ?? [];
    const more: string | undefined = isNote ? noteGoesOn.exec(line)?.[1] : undefined;
    const [, number, text] = focus.exec(line) ?? [];
    if (label !== undefined && said !== undefined) Object.assign(event, { label, note: said });
    else if (more !== undefined) event.note += ` ${more}`;
    else if (number !== undefined && isInstructions) event.insn = Number(number);
    else if (text !== undefined) event.text = text.trim();
    isNote = label !== undefined || more !== undefined;
    isInstructions ||= line.trim() === "Instruction context:";
  }
  return events;
}

function beginEvent(line: string): Writable<VerifierEvent> | null {
  const none = { insn: -1, file: "", line: 0, text: "", label: "", note: "" };
  const [, file, number] = place.exec(line) ?? [];
  if (file !== undefined) return { ...none, file, line: Number(number) };
  const insn = placeWithoutSource.exec(line)?.[1];
  return insn === undefined ? null : { ...none, insn: Number(insn) };
}
