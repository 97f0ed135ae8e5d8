import { expect, test } from "vitest";
import { cleanCssValue, escapeHtml } from "../../../src/answer/page/escape.ts";

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

test.each([
  ["#0b6e4f", "#0b6e4f"],
  ["rgb(0 0 0 / 50%)", "rgb(0 0 0 / 50%)"],
  ["light-dark(#fff, oklch(0.2 0.1 -30))", "light-dark(#fff, oklch(0.2 0.1 -30))"],
  ["red;}body{color:red", "redbodycolorred"],
  ["</style><script>", "/stylescript"],
  ["u\\rl(//evil.test/)", "(//evil.test/)"],
  ["URL(x)", "(x)"],
])("cleanCssValue() writes %j as %j", (text, value) => {
  expect(cleanCssValue(text)).toBe(value);
});
