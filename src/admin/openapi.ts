import { LONGEST_BODY } from "./body.ts";
import { TOKEN_FIELD } from "./token.ts";

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const texts: Json = { type: "array", items: { type: "string" } };
const instant: Json = { type: "string", format: "date-time" };
const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });
const given = (description: string, schema: Json): Json => ({
  description,
  content: { "application/json": { schema } },
});
const problem = (description: string): Json => ({
  description,
  content: { "application/problem+json": { schema: ref("Problem") } },
});
const field = (name: string, description: string, required: boolean): Json => ({
  name,
  in: "header",
  required,
  description,
  schema: { type: "string" },
});

const etag: Json = { ETag: { description: "The tag for If-Match", schema: { type: "string" } } };
const conditions: readonly Json[] = [
  field("If-Match", "The ETag of the window that you have seen", false),
  field("If-None-Match", '"*", to make a window that is not there yet', false),
  field("Maintenance-Token", `The field ${TOKEN_FIELD} of the answer to GET api/state`, true),
];
const refusals: Json = {
  403: problem("A page of another origin has sent it (`ERR_ORIGIN`), or the token is missing or old (`ERR_TOKEN`)"),
  412: problem("Somebody else has changed the window: `current` is what is there now"),
  428: problem("If-Match and If-None-Match are missing: `current` is what is there now"),
  503: problem("The store cannot be reached: nothing is known to have changed"),
};

/** What can be done with a window at a path. */
function windowPath(title: string, parameters: readonly Json[], remove: string): Json {
  return {
    parameters,
    get: {
      summary: `Shows ${title}`,
      responses: { 200: { ...given("The window", ref("Part")), headers: etag }, 404: problem("There is none") },
    },
    put: {
      summary: `Sets ${title}`,
      parameters: conditions,
      requestBody: {
        required: true,
        description: `At most ${LONGEST_BODY} bytes`,
        content: { "application/json": { schema: ref("Window") } },
      },
      responses: {
        200: { ...given("It is in force, or planned", ref("Part")), headers: etag },
        201: { ...given("The same for a new window", ref("Part")), headers: etag },
        ...refusals,
        400: problem("The body is not JSON"),
        413: problem("The body is too long"),
        415: problem("The body is of another type"),
        422: problem("The window is not valid: `path`, `expected`, `received` and `hint` say why"),
      },
    },
    delete: { summary: remove, parameters: conditions, responses: { 204: { description: "Done" }, ...refusals } },
  };
}

function bypassPath(title: string, parameters: readonly Json[]): Json {
  return {
    parameters,
    post: {
      summary: `Makes a bypass link for ${title}. It is shown once; the link from before stops working`,
      parameters: conditions,
      responses: {
        201: given("The link", { type: "object", required: ["link"], properties: { link: { type: "string" } } }),
        ...refusals,
        409: problem("The window is off"),
      },
    },
  };
}

const named: readonly Json[] = [
  { name: "name", in: "path", required: true, schema: { type: "string", pattern: "^[A-Za-z0-9][\\w.-]{0,63}$" } },
];

const windowSchema: Json = {
  type: "object",
  required: ["mode"],
  additionalProperties: false,
  properties: {
    mode: { enum: ["off", "on", "read-only"] },
    reason: {
      anyOf: [{ type: "string" }, { type: "object", additionalProperties: { type: "string" }, minProperties: 1 }],
    },
    start: instant,
    end: instant,
    expectedEnd: instant,
    retryAfter: { anyOf: [{ type: "integer", minimum: 0 }, instant] },
    status: { type: "integer", minimum: 200, maximum: 599 },
    hosts: texts,
    urls: { ...texts, minItems: 1 },
    ignoreUrls: texts,
    reads: texts,
    writes: texts,
    internalIps: texts,
    admit: { type: "number", minimum: 0, maximum: 1 },
    bypass: { type: "boolean", description: "Whether there is a bypass. `true` keeps it" },
    recurring: {
      type: "array",
      minItems: 1,
      maxItems: 100,
      items: {
        type: "object",
        required: ["cron", "duration"],
        additionalProperties: false,
        properties: { cron: { type: "string" }, duration: { type: "string" }, timeZone: { type: "string" } },
      },
    },
    note: { type: "string", maxLength: 2_000 },
    by: { type: "string", readOnly: true },
    since: { ...instant, readOnly: true },
    owner: { type: "string", readOnly: true },
  },
};

const schemas: Json = {
  Window: windowSchema,
  Part: {
    type: "object",
    required: ["name", "window", "inForce", "beginsAt", "endsAt", "overdue", "etag"],
    properties: {
      name: { type: ["string", "null"] },
      window: ref("Window"),
      inForce: { type: "boolean" },
      beginsAt: orNull(instant),
      endsAt: orNull(instant),
      overdue: { type: "boolean" },
      etag: { type: "string" },
    },
  },
  State: {
    type: "object",
    required: ["now", "you", "store", "problem", "windows"],
    properties: {
      now: instant,
      you: { type: ["string", "null"] },
      store: { type: "string" },
      problem: { type: ["string", "null"], description: "Why the stored state is not valid" },
      windows: { type: "array", items: ref("Part") },
    },
  },
  Fleet: {
    type: "object",
    required: ["verdict", "instances"],
    properties: {
      verdict: {
        type: "object",
        required: ["safe", "because", "until", "only"],
        properties: { safe: { type: "boolean" }, because: texts, until: orNull(instant), only: orNull(texts) },
      },
      instances: orNull({ type: "array", items: { type: "object" } }),
    },
  },
  History: {
    type: "object",
    required: ["entries"],
    properties: { entries: orNull({ type: "array", items: { type: "object" } }) },
  },
  Problem: {
    type: "object",
    required: ["type", "title", "status", "detail"],
    properties: {
      type: { type: "string" },
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      code: { type: "string" },
      path: { type: "string" },
      expected: { type: "string" },
      received: { type: "string" },
      hint: { type: "string" },
      current: orNull(ref("Part")),
    },
  },
};

/** The description of the API. Its paths are relative to the path of the panel. */
export function openapi(): Json {
  return {
    openapi: "3.1.1",
    info: { title: "Maintenance", version: "1", description: "Shows and changes the maintenance of a site" },
    servers: [{ url: "..", description: "The path at which the panel is mounted" }],
    paths: {
      "/api/state": {
        get: {
          summary: "Shows all windows",
          responses: {
            200: {
              ...given("The state", ref("State")),
              headers: { ...etag, "Maintenance-Token": { description: "For changes", schema: { type: "string" } } },
            },
          },
        },
      },
      "/api/fleet": { get: { summary: "Shows the processes", responses: { 200: given("The fleet", ref("Fleet")) } } },
      "/api/history": {
        get: { summary: "Shows the last changes", responses: { 200: given("The history", ref("History")) } },
      },
      "/api/events": {
        get: {
          summary: "Follows state and fleet: the events `state`, `fleet` and `problem`",
          responses: {
            200: { description: "Events", content: { "text/event-stream": { schema: { type: "string" } } } },
          },
        },
      },
      "/api/window": windowPath("the window without a name", [], "Opens the site"),
      "/api/window/bypass": bypassPath("the window without a name", []),
      "/api/windows/{name}": windowPath("a window", named, "Removes a window"),
      "/api/windows/{name}/bypass": bypassPath("a window", named),
    },
    components: { schemas },
  };
}
