import type { HeadersInput } from "../types/headers-input.ts";
import { checkFunction, invalidOption, OptionError } from "../util/errors.ts";
import { messageOf, quote } from "../util/received.ts";
import { isWholeNumber } from "../util/whole-number.ts";
import type { AnswerSettings } from "./answer-settings.ts";
import type { AnswerOptions } from "./options.ts";
import { checkStatus } from "./status.ts";

const TASK = "create maintenance mode";

/** What every gate says of its answers. */
export type CommonAnswerOptions = Pick<AnswerOptions, "handler503" | "page" | "retryAfter" | "headers">;

/**
 * Checks the options about the answer that every gate has.
 *
 * @param options The options.
 * @param status The status of the answers.
 * @param statusName The name of the option for it, for messages.
 * @throws {OptionError} If an option is of the wrong type or not valid.
 */
export function resolveCommonAnswerOptions(
  { handler503, page, retryAfter, headers }: CommonAnswerOptions,
  status: number,
  statusName: "statusCode" | "status",
): Pick<AnswerSettings, "handler503" | "page" | "retryAfter" | "statusCode" | "headers"> {
  if (handler503 !== undefined) checkFunction(TASK, "handler503", handler503);
  checkPage(page);
  checkStatus(status, statusName, TASK);
  if (retryAfter !== undefined) checkRetryAfter(retryAfter);
  return {
    ...(handler503 !== undefined && { handler503 }),
    ...(page !== undefined && { page }),
    // A copy, so that changing the Date later changes nothing here.
    ...(retryAfter !== undefined && { retryAfter: retryAfter instanceof Date ? new Date(retryAfter) : retryAfter }),
    statusCode: status,
    headers: headers === undefined ? {} : readHeaders(headers),
  };
}

function checkPage(page: unknown): void {
  if (page === undefined) return;
  const accepted = "HTML or a function that returns it";
  if (typeof page !== "string") checkFunction(TASK, "page", page, accepted);
  else if (/^[\w./\\:-]+\.html?$/i.test(page)) {
    throw invalidOption(TASK, "page", accepted, page, `read the file: readFileSync(${quote(page)}, "utf8")`);
  }
}

function checkRetryAfter(retryAfter: unknown): void {
  const accepted = "a whole number of seconds from 0 or a Date";
  if (retryAfter instanceof Date) {
    if (Number.isNaN(retryAfter.getTime())) throw invalidOption(TASK, "retryAfter", accepted, retryAfter);
  } else if (!isWholeNumber(retryAfter)) {
    const hint = typeof retryAfter === "string" ? "write 3600 for one hour" : undefined;
    throw invalidOption(TASK, "retryAfter", accepted, retryAfter, hint);
  }
}

function readHeaders(input: HeadersInput): Record<string, string | string[]> {
  const accepted = "header fields: an object, pairs or Headers";
  if (typeof input !== "object" || input === null) throw invalidOption(TASK, "headers", accepted, input);
  let headers: Headers;
  try {
    headers = new Headers(input as ConstructorParameters<typeof Headers>[0]);
  } catch (cause) {
    const problem = { path: "headers", expected: accepted, hint: messageOf(cause) };
    throw new OptionError(TASK, problem, undefined, { cause });
  }
  // Without a prototype, "__proto__" is a name like any other.
  const fields: Record<string, string | string[]> = Object.create(null);
  headers.forEach((value, name) => {
    if (["content-type", "content-length", "content-encoding", "transfer-encoding"].includes(name)) {
      const problem = {
        path: "headers",
        expected: "header fields that say nothing of the body",
        received: quote(name),
      };
      const text = `"headers" must not hold ${quote(name)}, which belongs to the body: use "handler503" for another`;
      throw new OptionError(TASK, { ...problem, hint: 'use "handler503"' }, text);
    }
    fields[name] = name === "set-cookie" ? headers.getSetCookie() : value;
  });
  return fields;
}
