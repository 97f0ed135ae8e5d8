import { checkNames, invalidOption } from "../../util/errors.ts";
import { call } from "../../util/listener.ts";
import { isWholeNumber } from "../../util/whole-number.ts";
import { TASK } from "./context.ts";
import type { Guard } from "./guard.ts";

/** How streams are closed that maintenance finds open. */
export interface CloseStreams<HostInfo> {
  /**
   * How long a stream may stay open after maintenance has begun for its visitor, in milliseconds.
   *
   * @default {0}
   */
  afterMs?: number;
  /**
   * Closes a stream in the app's own way, with a last message, say. It gets what `isStaff` gets as its second argument.
   *
   * @default the host ends the stream
   */
  close?: (hostInfo: HostInfo) => void;
}

/** The option of the hosts that can close streams. */
export interface CloseStreamsOption<HostInfo> {
  /**
   * Closes streams that are open when maintenance begins: event streams, and the sockets that `guardUpgrade` has let in.
   * The gate decides about each of them anew, with the same request, within a second after the state has changed. Streams of
   * staff and of everybody else who may pass stay open.
   *
   * `true` closes them at once; an object says how.
   *
   * @default {false}
   */
  closeStreams?: boolean | CloseStreams<HostInfo>;
}

/** A stream that is open. */
interface OpenStream<HostInfo> {
  readonly request: Request;
  readonly hostInfo: HostInfo;
  readonly close: () => void;
  readonly isStream: () => boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Watches an open stream, and calls `close` when it has to end. Returns a function that forgets the stream.
 *
 * `isStream` tells whether a request has become a stream, where that is not known from the beginning.
 */
export type WatchStream<HostInfo> = (
  request: Request,
  hostInfo: HostInfo,
  close: () => void,
  isStream?: () => boolean,
) => () => void;

/** How often the state is looked at while streams are open, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * Makes the function that watches open streams; `undefined` if the option does not ask for it.
 *
 * @throws {OptionError} If the option is not valid.
 */
export function createStreamWatch<HostInfo>(
  guard: Guard<HostInfo>,
  { closeStreams: option = false }: CloseStreamsOption<HostInfo>,
): WatchStream<HostInfo> | undefined {
  if (option === false) return undefined;
  const { afterMs, close } = checkOption(option);
  const open = new Set<OpenStream<HostInfo>>();
  let standing = guard.standing();
  let looking: ReturnType<typeof setInterval> | undefined;

  function look(): void {
    const now = guard.standing();
    if (now === standing) return;
    standing = now;
    for (const stream of open) {
      if (stream.timer === undefined) whenClosed(stream, () => doom(stream));
    }
  }

  /** Calls a function if the gate would answer the request of a stream now. */
  function whenClosed(stream: OpenStream<HostInfo>, act: () => void): void {
    const answers = guard.wouldAnswer(stream.request, stream.hostInfo);
    if (typeof answers !== "boolean") void answers.then((answers) => answers && open.has(stream) && act());
    else if (answers) act();
  }

  function doom(stream: OpenStream<HostInfo>): void {
    stream.timer ??= setTimeout(() => {
      stream.timer = undefined;
      // Maintenance may be over.
      whenClosed(stream, () => {
        open.delete(stream);
        stopIfIdle();
        if (!stream.isStream()) return;
        if (close === undefined) stream.close();
        else call("closeStreams.close", close, stream.hostInfo);
      });
    }, afterMs);
  }

  function stopIfIdle(): void {
    if (open.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  }

  return (request, hostInfo, close, isStream = () => true) => {
    const stream: OpenStream<HostInfo> = { request, hostInfo, close, isStream, timer: undefined };
    if (looking === undefined) {
      standing = guard.standing();
      looking = setInterval(look, LOOK_EVERY_MS);
    }
    open.add(stream);
    // The app may have taken its time before it began the stream, and the state may have changed.
    if (standing !== undefined) whenClosed(stream, () => doom(stream));
    return () => {
      clearTimeout(stream.timer);
      open.delete(stream);
      stopIfIdle();
    };
  };
}

function checkOption<HostInfo>(option: true | CloseStreams<HostInfo>): CloseStreams<HostInfo> & { afterMs: number } {
  if (option === true) return { afterMs: 0 };
  if (typeof option !== "object" || option === null) {
    throw invalidOption(TASK, "closeStreams", 'a boolean or an object such as { "afterMs": 5000 }', option);
  }
  checkNames(TASK, option, ["afterMs", "close"], "closeStreams");
  const { afterMs = 0, close } = option;
  if (!isWholeNumber(afterMs) || afterMs > MAX_TIMER_MS) {
    throw invalidOption(TASK, "closeStreams.afterMs", `an integer from 0 to ${MAX_TIMER_MS} in milliseconds`, afterMs);
  }
  if (close === undefined) return { afterMs };
  if (typeof close !== "function") throw invalidOption(TASK, "closeStreams.close", "a function", close);
  return { afterMs, close };
}

/** The longest time that a timer of the runtime takes. */
const MAX_TIMER_MS = 2_147_483_647;
