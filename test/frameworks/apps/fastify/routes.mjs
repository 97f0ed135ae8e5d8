import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { health, hold, makeStream } from "./kit.mjs";

/** The routes of both versions, as a plugin with its own context. */
export function routes(app, _options, done) {
  app.get(
    "/",
    (_request, reply) =>
      reply.header("Cache-Control", "public, max-age=60").type("text/html").send("<h1>Hello from the app</h1>"),
  );
  app.get("/health", (request) => health(new URL(request.url, "http://localhost").search));
  app.get("/slow", async () => {
    await hold();
    return "slow\n";
  });
  app.get("/stream", (_request, reply) => reply.send(Readable.fromWeb(makeStream())));
  app.post("/echo", (request) => request.body);
  app.get("/facts", (request, reply) => {
    reply.setCookie("app", "1");
    return { ip: request.ip, cookie: request.cookies.probe, user: request.user };
  });
  app.get("/fail", () => {
    throw new Error("the app fails");
  });
  app.get("/asset.txt", (_request, reply) => reply.type("text/plain").send(createReadStream("public/asset.txt")));
  app.get(
    "/prerendered",
    (_request, reply) => reply.type("text/html").send(createReadStream("public/prerendered.html")),
  );
  done();
}
