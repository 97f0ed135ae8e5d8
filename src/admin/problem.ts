import { MaintenanceError } from "../util/errors.ts";

/** What every answer to an operator carries: nobody keeps it, and no other origin may show or read it. */
export const COMMON_FIELDS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  // The page tells by it who has answered: the gate in front of the panel may have.
  "maintenance-panel": "1",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Makes an answer in JSON. */
export function json(body: unknown, fields: Readonly<Record<string, string>> = {}, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...COMMON_FIELDS, "content-type": "application/json", ...fields },
  });
}

/**
 * A refusal, thrown by whatever finds a reason and answered as problem details.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9457 | RFC 9457}
 */
export class Refusal extends Error {
  readonly status: number;
  /** Further members of the problem. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Further header fields. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    members: Readonly<Record<string, unknown>> = {},
    fields: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = status;
    this.members = members;
    this.fields = fields;
  }

  toResponse(): Response {
    const title = TITLES[this.status] ?? "Error";
    const body = { type: "about:blank", title, status: this.status, detail: this.message, ...this.members };
    return new Response(JSON.stringify(body), {
      status: this.status,
      headers: { ...COMMON_FIELDS, "content-type": "application/problem+json", ...this.fields },
    });
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  428: "Precondition Required",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Makes a refusal of an error: a state that is not valid is the operator's, anything else is the server's. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const known = error instanceof MaintenanceError ? error : undefined;
  if (known?.code === "ERR_STATE_INVALID" || known?.code === "ERR_OPTION_INVALID") {
    const { code, path, expected, received, hint } = known;
    return new Refusal(422, known.message, { code, path, expected, received, hint });
  }
  if (known?.code === "ERR_STORE") return new Refusal(503, known.message, { code: known.code }, { "retry-after": "5" });
  return new Refusal(500, "The server has failed: its log says why");
}
