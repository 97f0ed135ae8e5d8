import { expect, test } from "vitest";
import { escapeHtml } from "../../src/page/escape.ts";

test.each([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
  ["`", "&#96;"],
  ["<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"],
  ["&lt;", "&amp;lt;"],
  ["", ""],
  ["plain text \u65e5 \0", "plain text \u65e5 \0"],
])("escapeHtml() writes %j as %j", (text, html) => {
  expect(escapeHtml(text)).toBe(html);
});
