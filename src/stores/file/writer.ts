import { readContent } from "./content.ts";
import { createReplacer } from "./replacer.ts";
import { writeError } from "./write-error.ts";

/** Writes a state file, one text at a time, in the order of the calls. */
export interface Writer {
  /** Replaces the file. Returns its version, or `undefined` if a later call has overtaken this text. */
  write(text: string): Promise<string | undefined>;
  /** Replaces the file if it holds the expected text. `undefined` expects that the file is missing. */
  replace(text: string, expected: string | undefined): Promise<string | undefined>;
}

/** One writing that stands for several calls of `write`. It writes the last of their texts. */
interface Job {
  text: string;
  deadline: number;
  count: number;
  readonly written: Promise<string | undefined>;
}

/** After how long a writing fails. The caller has not given up yet then, so nothing is written behind its back. */
const WRITE_MS = 4_500;

const DOING = "write the state file";
const HINT = "let this user write to the directory of the file";

/** Makes the writer of a file. */
export function createWriter(file: string): Writer {
  const replaceFile = createReplacer(DOING, file);
  let last: Promise<unknown> = Promise.resolve();
  // The job that waits for its turn. Later texts join it, so that a thousand calls at once do not write a thousand times.
  let waiting: Job | undefined;

  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = last.then(act).catch(async (error) => {
      throw await writeError(DOING, file, error, HINT);
    });
    last = result.catch(() => {});
    return result;
  }

  function enqueue(): Job {
    const job: Job = {
      text: "",
      deadline: 0,
      count: 0,
      written: inTurn(() => {
        if (waiting === job) waiting = undefined;
        return replaceFile(job.text, job.deadline, () => Promise.resolve(true));
      }),
    };
    return job;
  }

  return {
    async write(text) {
      const job = waiting ??= enqueue();
      job.text = text;
      job.deadline = performance.now() + WRITE_MS;
      const number = ++job.count;
      const version = await job.written;
      return number === job.count ? version : undefined;
    },
    replace(text, expected) {
      // A later write() must not join a job from before this call.
      waiting = undefined;
      const deadline = performance.now() + WRITE_MS;
      const isExpected = async (target: string) => (await readContent(target, undefined))?.text === expected;
      return inTurn(() => replaceFile(text, deadline, isExpected));
    },
  };
}
