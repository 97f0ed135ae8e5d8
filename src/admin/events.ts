import { COMMON_FIELDS, Refusal } from "./problem.ts";
import type { Reading } from "./reading.ts";
import { signOf } from "./represent.ts";
import type { Watch } from "./watch.ts";

/** How many event streams may be open at once: each is a connection that stays. */
const MOST_STREAMS = 100;

/** How long a stream lasts, in milliseconds. The browser opens another one then, and `authorize` is asked again. */
const LASTS_MS = 300_000;

/**
 * How often a stream sends something even if nothing has changed, in milliseconds. Proxies close silent connections, and the page
 * takes a silent one for lost: it must not say "safe" on old news.
 */
const BEAT_MS = 10_000;

/** How many bytes may wait for a client that does not read. */
const MOST_WAITING = 1 << 20;

/**
 * Answers with a stream of events: `state` and `fleet` whenever they have changed, `problem` while the store cannot be read.
 *
 * @param show Shows the state to the operator.
 * @param isHead Whether only the fields are wanted.
 */
export function openEvents(watch: Watch, show: (reading: Reading) => unknown, isHead: boolean): Response {
  const headers = { ...COMMON_FIELDS, "content-type": "text/event-stream", "x-accel-buffering": "no" };
  if (isHead) return new Response(null, { headers });
  if (watch.size >= MOST_STREAMS) {
    throw new Refusal(503, `There are ${MOST_STREAMS} event streams already`, {}, { "retry-after": "10" });
  }
  const encoder = new TextEncoder();
  const last = new Map<string, string>();
  let close: () => void = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        if (-(controller.desiredSize ?? 0) > MOST_WAITING) return close();
        controller.enqueue(encoder.encode(text));
      };
      const send = (event: string, key: string, textOf: () => string = () => key) => {
        if (last.get(event) === key) return;
        last.set(event, key);
        write(`event: ${event}\ndata: ${textOf()}\n\n`);
      };
      const unsubscribe = watch.subscribe((look) => {
        if (look instanceof Error) {
          // The last news of the fleet are out of date.
          last.delete("fleet");
          return send("problem", JSON.stringify({ detail: look.message }));
        }
        send("problem", "null");
        // With thousands of windows, the text takes longer than all the rest.
        send("state", signOf(look.reading, Date.now()), () => JSON.stringify(show(look.reading)));
        send("fleet", JSON.stringify(look.fleet));
      });
      const beat = setInterval(() => write("event: beat\ndata: null\n\n"), BEAT_MS);
      const end = setTimeout(() => close(), LASTS_MS);
      close = () => {
        close = () => {};
        unsubscribe();
        clearInterval(beat);
        clearTimeout(end);
        try {
          controller.close();
        } catch {
          // The client has closed it.
        }
      };
      write("retry: 2000\n\n");
    },
    cancel: () => close(),
  }, new ByteLengthQueuingStrategy({ highWaterMark: 0 }));
  const response = new Response(stream, { headers });
  // Bun forgets the fields of a response of which nobody has read one. Its helper takes the stream for a request then, which
  // would have to finish before it is safe to migrate.
  response.headers.get("content-type");
  return response;
}
