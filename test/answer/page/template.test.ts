import { optionError } from "../../_errors.ts";
import { expect, test } from "vitest";
import type { MaintenanceInfo } from "../../../src/answer/info.ts";
import { compileTemplate } from "../../../src/answer/page/template.ts";
import { expectWithin } from "../../_fast.ts";

const INFO: MaintenanceInfo = {
  request: { method: "POST", url: "http://site.test/a?b=1&c=2" } as Request,
  requestPath: "/a",
  status: 503,
  retryAfter: 600,
  because: "maintenance",
  mode: "on",
  reason: "Moving",
  start: new Date("2026-11-22T01:00:00Z"),
  end: undefined,
  language: "de",
};

/** The page that a template becomes. */
function fill(source: string, info: Partial<MaintenanceInfo> = {}): string {
  const page = compileTemplate(source);
  return typeof page === "string" ? page : page({ ...INFO, ...info });
}

test.each([
  ["{{request_path}}", "/a"],
  ["{{mode}}", "on"],
  ["{{reason}}", "Moving"],
  ["{{start}}", "2026-11-22T01:00:00.000Z"],
  ["{{end}}", ""],
  ["{{request_method}}", "POST"],
  ["{{request_url}}", "http://site.test/a?b=1&amp;c=2"],
  ["{{status}}", "503"],
  ["{{retry_after}}", "600"],
  ["{{ request_path }}", "/a"],
  ["{{\n\tstatus\n}}", "503"],
  ["<p title='{{request_path}}'>{{status}} {{status}}</p>", "<p title='/a'>503 503</p>"],
  ["{{status}}{{request_path}}", "503/a"],
  ["{{{status}}}", "{503}"],
])("compileTemplate() fills %j in: %j", (source, html) => {
  expect(fill(source)).toBe(html);
});

test("compileTemplate() leaves retry_after empty where nobody knows", () => {
  expect(fill("[{{retry_after}}]", { retryAfter: undefined })).toBe("[]");
  expect(fill("[{{retry_after}}]", { retryAfter: 0 })).toBe("[0]");
});

test.each(["", "<h1>Closed</h1>", "{ {status} }", "{status}", "{{status", "status}}", "a { color: red } b {}"])(
  "compileTemplate() gives the page %j, which names no value, back",
  (source) => {
    expect(compileTemplate(source)).toBe(source);
  },
);

test.each([
  ["<script>", "&lt;script&gt;"],
  ["'\"`&", "&#39;&quot;&#96;&amp;"],
  ["$&$1$$$`$'", "$&amp;$1$$$&#96;$&#39;"],
  ["{{status}}", "{{status}}"],
  ["\\n\\u003c", "\\n\\u003c"],
])("compileTemplate() fills the value %j in as text: %j", (requestPath, html) => {
  expect(fill("<p>{{request_path}}</p>", { requestPath })).toBe(`<p>${html}</p>`);
});

test("compileTemplate() keeps what looks like a replacement in the page itself", () => {
  expect(fill("$& $1 {{status}} $`")).toBe("$& $1 503 $`");
});

test.each([
  ["request_pth", 'did you mean "{{request_path}}"?'],
  ["requestPath", 'did you mean "{{request_path}}"?'],
  ["retryAfter", 'did you mean "{{retry_after}}"?'],
  ["Status", 'did you mean "{{status}}"?'],
  [
    "",
    "accepted are request_path, request_method, request_url, status, retry_after, mode, reason, start, end, language",
  ],
  [
    "reasons of ours",
    "accepted are request_path, request_method, request_url, status, retry_after, mode, reason, start, end, language",
  ],
  [
    "toString",
    "accepted are request_path, request_method, request_url, status, retry_after, mode, reason, start, end, language",
  ],
  [
    "__proto__",
    "accepted are request_path, request_method, request_url, status, retry_after, mode, reason, start, end, language",
  ],
  [
    "status | safe",
    "accepted are request_path, request_method, request_url, status, retry_after, mode, reason, start, end, language",
  ],
])("compileTemplate() refuses the unknown value %j", (name, hint) => {
  const message =
    `Cannot create maintenance mode: "page" names the unknown value "{{${name}}}": ${hint}; to send such ` +
    "braces as they are, pass the page as a function";
  expect(() => compileTemplate(`<p>{{ ${name} }}</p>`)).toThrow(optionError(message));
});

test("compileTemplate() reads a page of many open braces within a second", () => {
  expectWithin(1_000, () => {
    expect(compileTemplate("{{ ".repeat(50_000))).toBeTypeOf("string");
  });
});
