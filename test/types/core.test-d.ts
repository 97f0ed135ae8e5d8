// The core under a consumer's own settings: no @types package, the libraries of the table in types.full.test.ts.
import { clientIpFrom, maintenanceMode } from "maintenancemode";
import type {
  AnswerReason,
  Decision,
  DecisionReason,
  Explanation,
  Maintenance,
  MaintenanceContext,
  MaintenanceInfo,
  MaintenanceNotice,
  MaintenanceOptions,
  PassReason,
  UrlPattern,
} from "maintenancemode";
import { type Equal, expect } from "./_expect.ts";

const maintenance = maintenanceMode({ enabled: true });
expect<Equal<typeof maintenance, Maintenance>>();

const answer = maintenance(new Request("http://site.test/"), { clientIp: "203.0.113.9", isStaff: false });
expect<Equal<typeof answer, Response | undefined>>();
maintenance(new Request("http://site.test/"));
const unknownClient: string | undefined = undefined;
maintenance(new Request("http://site.test/"), { clientIp: unknownClient });

expect<Equal<typeof maintenance.active, boolean>>();
// @ts-expect-error active is what the options and the state say, it is not set
maintenance.active = true;

const explanation = maintenance.explain(new Request("http://site.test/"));
expect<Equal<typeof explanation, Explanation>>();
expect<Equal<typeof explanation.outcome, "pass" | "answer">>();
type Passing = "off" | "staff" | "internal-ip" | "ignored-url" | "bypass" | "allowed" | "admitted" | "safe-method";
type Answering = "bypass-link" | "maintenance" | "read-only";
expect<Equal<PassReason, Passing>>();
expect<Equal<AnswerReason, Answering>>();
expect<Equal<DecisionReason, Passing | Answering>>();
expect<Equal<typeof explanation.because, Passing | Answering>>();
expect<Equal<typeof explanation.matched, string | undefined>>();
// What passes and what answers have reasons of their own.
if (explanation.outcome === "pass") {
  expect<Equal<typeof explanation.because, Passing>>();
  expect<Equal<typeof explanation.matched, string | undefined>>();
} else {
  expect<Equal<typeof explanation.because, Answering>>();
  expect<Equal<typeof explanation.matched, string | undefined>>();
}
expect<Equal<typeof explanation.bypass, string | undefined>>();
const decisionOf = (decision: Decision) => {
  if (decision.because === "maintenance") expect<Equal<typeof decision.outcome, "answer">>();
  if (decision.because === "staff") expect<Equal<typeof decision.outcome, "pass">>();
  return decision.outcome;
};
decisionOf({ outcome: "pass", because: "off" });
// @ts-expect-error a request that passes is not answered because of maintenance
decisionOf({ outcome: "pass", because: "maintenance" });
// @ts-expect-error staff are not answered
decisionOf({ outcome: "answer", because: "staff" });

const options: MaintenanceOptions = {
  enabled: () => true,
  ignoreUrls: ["/docs/*", /^\/status$/, { pathname: "/health" }] satisfies UrlPattern[],
  internalIps: ["10.0.0.0/8", "2001:db8::1"],
  allowStaff: true,
  allow: (request, ctx) => {
    expect<Equal<typeof request, Request>>();
    expect<Equal<typeof ctx, MaintenanceContext>>();
    return request.method === "GET";
  },
  handler503: (request, info) => {
    expect<Equal<typeof request, Request>>();
    expect<Equal<typeof info, MaintenanceInfo>>();
    expect<Equal<typeof info.because, Answering>>();
    return new Response(info.requestPath, { status: 503 });
  },
  page: ({ requestPath }) => `<p>${requestPath.length}</p>`,
  statusCode: 503,
  retryAfter: new Date(0),
  redirectUrl: "/down",
  responseType: "json",
  headers: { "x-a": "1" },
  onDecision: (decision, request, ctx) => {
    expect<Equal<typeof decision.outcome, "pass" | "answer">>();
    expect<Equal<typeof request, Request>>();
    expect<Equal<typeof ctx, MaintenanceContext>>();
  },
  onError: (error) => {
    expect<Equal<typeof error, unknown>>();
  },
};
maintenanceMode(options);
maintenanceMode();
maintenanceMode({ headers: new Headers(), responseType: () => "html", page: "<p>Back soon</p>", retryAfter: 600 });
// Arrays that nobody may change are taken as well.
maintenanceMode({ ignoreUrls: ["/docs/*"] as const, internalIps: ["10.0.0.0/8"] as const });

// @ts-expect-error the name is ignoreUrls
maintenanceMode({ ignoreURLs: [] });
// @ts-expect-error a span is not a number of seconds
maintenanceMode({ retryAfter: "1h" });
// @ts-expect-error a decision cannot wait
maintenanceMode({ allow: () => Promise.resolve(true) });
// @ts-expect-error a decision cannot wait
maintenanceMode({ enabled: () => Promise.resolve(true) });
// @ts-expect-error the answer cannot wait
maintenanceMode({ handler503: () => Promise.resolve(new Response()) });
// @ts-expect-error the page cannot wait
maintenanceMode({ page: () => Promise.resolve("") });
// @ts-expect-error there is no such representation
maintenanceMode({ responseType: "xml" });
// @ts-expect-error ranges are texts
maintenanceMode({ internalIps: [/^10\./] });

const clientIp = clientIpFrom(new Headers(), "10.0.0.1", {
  trustProxy: ["loopback", "10.0.0.0/8"],
  forwardedHeader: "x-forwarded-for",
});
expect<Equal<typeof clientIp, string | undefined>>();

const notice = maintenance.notice(new Request("http://site.test/"), { clientIp: "203.0.113.9" });
expect<Equal<typeof notice, MaintenanceNotice | undefined>>();
expect<Equal<MaintenanceNotice["start" | "end"], Date | undefined>>();
expect<Equal<MaintenanceNotice["phase"], "planned" | "now">>();
expect<Equal<MaintenanceNotice["mode"], "on" | "read-only">>();
({ admittedCaching: "leave" }) satisfies MaintenanceOptions;
// @ts-expect-error only what is known to be right for all caches
({ admittedCaching: "public" }) satisfies MaintenanceOptions;
({ announce: 60 }) satisfies MaintenanceOptions;
({ announce: { before: 60, header: "Maintenance" } }) satisfies MaintenanceOptions;
({ announce: { header: false } }) satisfies MaintenanceOptions;
// @ts-expect-error a header field is named, not switched on
({ announce: { header: true } }) satisfies MaintenanceOptions;
({ bypassSecret: "correct-horse-battery", bypassDomain: "example.com" }) satisfies MaintenanceOptions;
