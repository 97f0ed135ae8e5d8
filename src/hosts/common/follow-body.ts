import type { RequestTracker, TrackedRequest } from "../../counting/in-flight.ts";
import { contentTypeOf, countWhileAtWork, isEventStream } from "./in-flight.ts";

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Called when a body has ended; with `true` if its reader has given it up before. */
type OnEnd = (isCancelled: boolean) => void;

/**
 * Counts a request until the body of its response has been read to the end or given up.
 *
 * @param result What the app has returned. Anything but a Response with a body is finished at once.
 * @returns The same, or an equal Response whose body can be followed.
 */
export function followBody<Result>(tracker: RequestTracker, tracked: TrackedRequest, result: Result): Result {
  const body = streamOf(result);
  if (body === undefined) {
    tracker.leave(tracked);
    return result;
  }
  if (isEventStream(contentTypeOf(result))) tracker.markAsStream(tracked, "event-stream");
  const isHead = tracked.request.method === "HEAD";
  const stream = new WeakRef(body);
  const onEnd: OnEnd = (isCancelled) => {
    const left = stream.deref();
    // To HEAD, hosts give up a body that nobody has begun to read. And event streams only ever end so.
    const mayBeAtWork = isCancelled && !isHead && tracked.kind === "request";
    if (mayBeAtWork && left !== undefined) countWhileAtWork(tracker, tracked, "begun", left);
    else tracker.leave(tracked);
  };
  // Nothing can read a body any more that the garbage collector has taken.
  tracked.result = undefined;
  tracked.look = () => stream.deref() === undefined && tracker.leave(tracked);
  if (READS_IN_SCRIPT) {
    followReader(body, onEnd);
    return result;
  }
  return new Response(wrap(body, onEnd), result as Response) as Result;
}

/** The body of a result of an app, if that is a Response whose body has a stream. */
function streamOf(result: unknown): Body | undefined {
  const body = isStatic(result) ? null : (result as Partial<Response> | null | undefined)?.body;
  return body instanceof ReadableStream ? body as Body : undefined;
}

// In Node each server reads a body by the methods of the stream. There, a text has a stream from the beginning, and a second
// one around it would cost more than the rest of the response.
const READS_IN_SCRIPT = !("Deno" in globalThis) && !("Bun" in globalThis) && "process" in globalThis;

/** Whether Deno has a body as text or bytes: asking for the stream would make one. */
function isStatic(response: unknown): boolean {
  if (!("Deno" in globalThis) || typeof response !== "object" || response === null) return false;
  return Object.getOwnPropertySymbols(response).some((symbol) =>
    symbol.description === "lazy static body" && (response as Record<symbol, unknown>)[symbol] != null
  );
}

/** Follows a body by the methods that read it. */
function followReader(body: Body, onEnd: OnEnd): void {
  let isOver = false;
  const end = (isCancelled: boolean) => {
    if (isOver) return;
    isOver = true;
    onEnd(isCancelled);
  };
  const finish = () => end(false);
  const cancelled = <Value>(cancelling: Promise<Value>): Promise<Value> => {
    const give = () => end(true);
    cancelling.then(give, give);
    return cancelling;
  };
  const { getReader, cancel, pipeTo, tee } = body;
  const own: Partial<Body> & Record<symbol, unknown> = {
    getReader: ((...args: []) => {
      const reader = getReader.apply(body, args);
      const { cancel, releaseLock } = reader;
      let isCancelled = false;
      let isReleased = false;
      reader.cancel = (reason) => {
        isCancelled = true;
        return cancelled(cancel.call(reader, reason));
      };
      reader.releaseLock = () => {
        releaseLock.call(reader);
        isReleased = true;
      };
      // A reader that lets go of the stream has not closed it.
      reader.closed.then(() => isCancelled || finish(), () => isReleased || finish());
      return reader;
    }) as Body["getReader"],
    cancel: (reason) => cancelled(cancel.call(body, reason)),
    pipeTo(...args) {
      const piped = pipeTo.apply(body, args);
      piped.then(finish, () => end(true));
      return piped;
    },
    pipeThrough({ readable, writable }, options) {
      body.pipeTo(writable, options).catch(() => {});
      return readable;
    },
    tee() {
      const branches = tee.call(body) as [Body, Body];
      let open = branches.length;
      // If one branch was read to its end, the source is done, whatever becomes of the other.
      let isDone = false;
      const onEnd: OnEnd = (isCancelled) => {
        isDone ||= !isCancelled;
        if (--open === 0) end(!isDone);
      };
      for (const branch of branches) followReader(branch, onEnd);
      return branches;
    },
    values: (options) => read(body, options?.preventCancel === true),
    [Symbol.asyncIterator]: () => read(body, false),
  };
  Object.assign(body, own);
}

/** Iterates over a body, with the reader that {@link followReader} gives. */
async function* read(body: Body, keepsOpen: boolean): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined, undefined> {
  const reader = body.getReader();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isOver = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isOver && !keepsOpen) await reader.cancel().catch(() => {});
    // A reader that has let go does not hear of the end.
    if (isOver) await reader.closed;
    reader.releaseLock();
  }
}

/** A body that reads another one and tells when it ends. */
function wrap(body: Body, onEnd: OnEnd): Body {
  const reader = body.getReader();
  let isCancelled = false;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        // To give up a body ends a reading that is waiting.
        if (isCancelled) return;
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      onEnd(false);
    },
    async cancel(reason) {
      isCancelled = true;
      try {
        await reader.cancel(reason);
      } finally {
        onEnd(true);
      }
    },
  }, { highWaterMark: 0 });
}
