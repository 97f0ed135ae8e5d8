import { defineHandler } from "nitro/h3";

export default defineHandler((event) => {
  event.res.headers.set("cache-control", "public, max-age=60");
  event.res.headers.set("content-type", "text/html");
  return "<h1>Hello from the app</h1>";
});
