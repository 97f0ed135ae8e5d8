import { defineHandler } from "nitro/h3";

export default defineHandler((event) => {
  if (!import.meta.prerender) throw new Error("This page is there already");
  event.res.headers.set("content-type", "text/html");
  return "<h1>A prerendered page</h1>";
});
