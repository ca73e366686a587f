/** Progress on standard error: a bar on a terminal, elsewhere a line every few seconds, nothing for what is quick. */
import { SingleBar } from "cli-progress";
import { type Clock, secondMs, systemClock } from "../base/time.ts";
import type { ProgressListener } from "../engine.ts";
import type { Terminal } from "./terminal.ts";
import { count, printable } from "./view/text.ts";

export interface ProgressDisplay {
  readonly listener: ProgressListener;
  /** Takes the bar away. */
  stop(): void;
}

const lineEveryMs = 5 * secondMs;

export function showProgress(terminal: Terminal, clock: Clock = systemClock): ProgressDisplay {
  return terminal.stderr.isTTY ? bars(terminal) : lines(terminal, clock);
}

function bars({ stderr }: Terminal): ProgressDisplay {
  let current: { step: string; bar: SingleBar } | undefined;
  const stop = () => {
    current?.bar.stop();
    current = undefined;
  };
  const listener: ProgressListener = ({ step, done, total }) => {
    if (current?.step !== step) {
      stop();
      const format = total > 0 ? "{step} {bar} {percentage}%  {value}/{total}" : "{step} {value}";
      const stream = stderr as NodeJS.WriteStream;
      const bar = new SingleBar({
        format,
        stream,
        clearOnComplete: true,
        hideCursor: true,
        barsize: 30,
        barCompleteChar: "█",
        barIncompleteChar: "░",
      });
      bar.start(Math.max(total, done), done, { step: printable(step) });
      current = { step, bar };
    }
    current.bar.setTotal(Math.max(total, done));
    current.bar.update(done);
  };
  return { listener, stop };
}

function lines({ stderr }: Terminal, clock: Clock): ProgressDisplay {
  let spokenAt = clock.now();
  const listener: ProgressListener = ({ step, done, total }) => {
    if (clock.now() - spokenAt < lineEveryMs) return;
    spokenAt = clock.now();
    stderr.write(`${printable(step)}: ${count(done)}${total > 0 ? ` of ${count(total)}` : ""}\n`);
  };
  return { listener, stop: () => {} };
}
