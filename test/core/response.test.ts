import { afterEach, expect, test, vi } from "vitest";
import { Answer, isAnswer } from "../../src/core/response.ts";

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

test("isAnswer() tells an Answer from a Response", () => {
  expect(isAnswer(new Answer(503, {}, null))).toBe(true);
  expect(isAnswer(new Response())).toBe(false);
});
