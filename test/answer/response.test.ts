import { Buffer } from "node:buffer";
import { afterEach, expect, test, vi } from "vitest";
import { Answer, isAnswer } from "../../src/answer/response.ts";

afterEach(() => void vi.unstubAllGlobals());

test("Answer.toResponse() makes a Response of its status, fields and body", async () => {
  const response = new Answer(503, { "content-type": "text/plain", "x-a": "1" }, "later").toResponse();
  expect(response).toBeInstanceOf(Response);
  expect(response.status).toBe(503);
  expect([...response.headers]).toEqual([["content-type", "text/plain"], ["x-a", "1"]]);
  expect(await response.text()).toBe("later");
});

test("Answer.toResponse() makes a fresh Response each time", async () => {
  const answer = new Answer(503, {}, "later");
  const [first, second] = [answer.toResponse(), answer.toResponse()];
  expect(await first.text()).toBe("later");
  expect(await second.text()).toBe("later");
});

test("Answer.toResponse() keeps changed fields of one Response from the next", () => {
  const answer = new Answer(503, { "x-a": "1" }, "later");
  answer.toResponse().headers.set("x-a", "2");
  expect(answer.toResponse().headers.get("x-a")).toBe("1");
});

test("Answer.toResponse() makes a Response without a body", () => {
  expect(new Answer(503, {}, null).toResponse().body).toBe(null);
});

test("Answer.toResponse() repeats a field of several values", () => {
  const response = new Answer(503, { "set-cookie": ["a=1", "b=2"] }, null).toResponse();
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

test("Answer.toResponse() uses the class that is the global one at the time", () => {
  class OtherResponse extends Response {}
  const answer = new Answer(503, {}, "later");
  expect(answer.toResponse()).not.toBeInstanceOf(OtherResponse);
  vi.stubGlobal("Response", OtherResponse);
  expect(answer.toResponse()).toBeInstanceOf(OtherResponse);
  vi.unstubAllGlobals();
  expect(answer.toResponse()).not.toBeInstanceOf(OtherResponse);
});

/** Keeps what it is given until somebody asks, as the classes do that servers put in place of Response. */
class LazyResponse {
  readonly #body: BodyInit | null;
  readonly #init: ResponseInit;
  #headers: Headers | undefined;

  constructor(body: BodyInit | null, init: ResponseInit) {
    this.#body = body;
    this.#init = init;
  }

  get headers(): Headers {
    const { headers } = this.#init;
    return this.#headers ??= headers instanceof Headers ? headers : new Headers(headers);
  }

  get body(): ReadableStream<Uint8Array> {
    return new Blob([this.#body as string]).stream();
  }

  clone(): LazyResponse {
    return new LazyResponse(this.#body, this.#init);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    const body = this.#body as Uint8Array<ArrayBuffer> | string;
    return Promise.resolve(typeof body === "string" ? new TextEncoder().encode(body).buffer : body.buffer);
  }
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

const PAGES = [["ASCII", "later ".repeat(500)], ["Latin-1", "später ".repeat(500)], ["others", "– 稍後 ".repeat(500)]];

test.each(PAGES)(
  "Answer.toResponse() gives each Response of a class that keeps them its own %s bytes",
  async (_, body) => {
    vi.stubGlobal("Response", LazyResponse);
    const answer = new Answer(503, {}, body!);
    for (let i = 0; i < 5; i++) {
      const bytes = new Uint8Array(await answer.toResponse().arrayBuffer());
      expect(new TextDecoder().decode(bytes)).toBe(body);
      bytes.fill(0);
    }
  },
);

test.each([
  { "x-a": "1" },
  { "x-a": "1", "set-cookie": ["a=1", "b=2"] },
])("Answer.toResponse() gives each Response of a class that keeps them its own fields: %j", async (fields) => {
  vi.stubGlobal("Response", LazyResponse);
  const answer = new Answer(503, fields, "later");
  for (let i = 0; i < 5; i++) {
    const { headers } = answer.toResponse();
    expect([...headers]).toEqual(
      Object.entries(fields).flatMap(([name, value]) => [value].flat().map((v) => [name, v])).toSorted(),
    );
    headers.append("set-cookie", "session=somebody");
    headers.set("x-a", "2");
    // What a class does is tried out meanwhile.
    await nextTurn();
  }
});

test.each(PAGES)("Answer.toResponse() gives the same %s bytes each time", async (_, body) => {
  const answer = new Answer(503, {}, body!);
  for (let i = 0; i < 5; i++) {
    const bytes = new Uint8Array(await answer.toResponse().arrayBuffer());
    expect(Buffer.compare(bytes, Buffer.from(body!))).toBe(0);
    bytes.fill(0);
  }
});

test("Answer.toResponse() uses a class that cannot be tried out", async () => {
  class Picky extends Response {
    constructor(body: BodyInit | null, init: ResponseInit) {
      if (init.status !== 503) throw new Error("no");
      super(body, init);
    }
  }
  vi.stubGlobal("Response", Picky);
  const answer = new Answer(503, {}, "later");
  for (let i = 0; i < 3; i++) expect(await answer.toResponse().text()).toBe("later");
});

test.each([
  ["later", "later"],
  ["später", Buffer.from("später")],
  ["稍後", Buffer.from("稍後")],
  [null, null],
])("Answer.payload of %j is text only where that needs no encoding", (body, payload) => {
  expect(new Answer(503, {}, body).payload).toEqual(
    payload === null || typeof payload === "string" ? payload : new Uint8Array(payload),
  );
});

test("Answer.length counts the bytes of the body", () => {
  expect(["", "later", "später", "稍後"].map((body) => new Answer(503, {}, body).length)).toEqual([0, 5, 7, 6]);
});

test("isAnswer() tells an Answer from a Response", () => {
  expect(isAnswer(new Answer(503, {}, null))).toBe(true);
  expect(isAnswer(new Response())).toBe(false);
});
