/** The lab in another page: an element, and the same for an iframe of one's own. docs/embedding.md is the manual. */

export type Pane =
  | "full" | "lesson" | "terminal" | "xray" | "steps" | "objects" | "files" | "token" | "access" | "relations" | "requests" | "time";
export type Theme = "auto" | "light" | "dark";
export type Controls = "full" | "min" | "none";
/** Names of colours and fonts that a host may set; `--salab-NAME` on the element does the same. */
export type Property =
  | "paper" | "surface" | "sunken" | "ink" | "muted" | "line" | "accent" | "accent-soft" | "on-accent" | "injected" | "injected-soft"
  | "done" | "done-soft" | "changed" | "changed-soft" | "refused" | "refused-soft" | "term" | "term-text" | "sans" | "mono";

/** What a command printed; null for one that leaves no record (`undo`, `redo`). */
export interface Printed {
  stdout: string;
  stderr: string;
  exit: number;
}

/** How far the learner is. Steps and goals are counted from 1. */
export interface Progress {
  type: "progress";
  /** The lesson's id; null in free play. */
  lesson: string | null;
  /** The first step with an unmet goal; the last one when all are met. */
  step: number;
  steps: number;
  /** Goals met, and all. */
  done: number;
  total: number;
  /** All goals met by the learner, not by watching the solution. */
  solved: boolean;
  /** The lessons of the course that were solved in this browser, and how many there are. */
  course: { done: string[]; total: number };
}

/** A goal was met, or is not met any more (undo). */
export interface Check {
  type: "check";
  lesson: string;
  step: number;
  goal: number;
  text: string;
  passed: boolean;
}

export interface Ready {
  type: "ready";
  /** The version of the messages: 1. */
  protocol: number;
  /** The version of the lab. */
  version: string;
  /** The ids of the course's lessons. */
  lessons: string[];
}

export interface LabEventMap {
  ready: CustomEvent<Ready>;
  resize: CustomEvent<{ type: "resize"; height: number }>;
  progress: CustomEvent<Progress>;
  check: CustomEvent<Check>;
  /** Only after want(["command"]). */
  command: CustomEvent<{ type: "command"; command: string; exit: number }>;
  /** Only after want(["state"]). */
  state: CustomEvent<{ type: "state"; state: string }>;
}

export class Lab extends EventTarget {
  private constructor();
  /** Opens a lesson, or free play; a step has the commands before it played. */
  goto(lesson?: string | null, step?: number): Promise<null>;
  /** Back to where the lesson, or the address, began. */
  reset(): Promise<null>;
  /** Runs an entry of the terminal. */
  run(command: string): Promise<Printed | null>;
  undo(): Promise<null>;
  redo(): Promise<null>;
  /** Shows the session at an instant (RFC 3339), or moves its clock on: "+10m", "+24h". */
  seek(time: string): Promise<null>;
  /** The session, as the attribute `state` and links take it. */
  getState(): Promise<string>;
  setState(state: string): Promise<null>;
  /** Commands and outputs as Markdown. */
  getTranscript(): Promise<string>;
  setTheme(theme: Theme, properties?: Partial<Record<Property, string>>): Promise<null>;
  /** Asks for events that are not told unasked. */
  want(events: ("command" | "state")[]): Promise<null>;
  close(): void;
  addEventListener<K extends keyof LabEventMap>(
    type: K, listener: (event: LabEventMap[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

/** Connects to the lab in a frame whose address is embed.html's. */
export function connect(frame: HTMLIFrameElement): Promise<Lab>;

/** Attributes: lesson step version view theme lang autorun controls readonly state name height load start src commands. */
export class ServiceAccountLabElement extends HTMLElement {
  /** Resolves once the lab is there; rejects with the reason if it cannot be. */
  readonly ready: Promise<Lab>;
  /** Loads the lab now. */
  load(): void;
}

export interface ServiceAccountLabElementEventMap {
  "lab-ready": CustomEvent<{ lab: Lab }>;
  "lab-progress": CustomEvent<Progress>;
  "lab-check": CustomEvent<Check>;
  "lab-command": CustomEvent<{ type: "command"; command: string; exit: number }>;
  "lab-state": CustomEvent<{ type: "state"; state: string }>;
  "lab-error": CustomEvent<{ message: string }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "serviceaccount-lab": ServiceAccountLabElement;
  }
  interface HTMLElementEventMap extends ServiceAccountLabElementEventMap {}
}
