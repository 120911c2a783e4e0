/** A command and what it printed. */
export interface Played {
  cmd: string;
  stdout: string;
  stderr: string;
  exit: number;
}

/** Plays a shell script against a fresh cluster. The same script, seed and start (RFC 3339) give the same bytes. */
export function play(script: string, options?: { seed?: number; start?: string }): Played[];
